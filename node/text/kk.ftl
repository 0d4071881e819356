# Интерфейс мәтіндері қазақ тілінде.

## Күндер мен сандар
month-1 = қаңтар
month-2 = ақпан
month-3 = наурыз
month-4 = сәуір
month-5 = мамыр
month-6 = маусым
month-7 = шілде
month-8 = тамыз
month-9 = қыркүйек
month-10 = қазан
month-11 = қараша
month-12 = желтоқсан
date = { $year } жылғы { $day } { $month }
moment = { $date }, { $time } UTC
hours = { $n } сағат

## Frame
skip = Мазмұнына өту
languages = Тіл
nav-main = Негізгі мәзір
nav-more = Осы торап туралы
nav-staff = Жұмысыңыз
nav-opportunities = Мүмкіндіктер
nav-organisations = Ұйымдар
nav-network = Желі
nav-verify = Тексеру
nav-about = Сайт туралы
nav-logs = Журналдар
nav-api = Бағдарламаларға
foot-signed = Мұндағы әр жазбаға оны жасаған ұйым қол қойған, ал дұрыстығын кез келген адам тексере алады.

## Words used everywhere

## Accounts
account = Тіркелгі
sign-in = Кіру
sign-out = Шығу

## Opportunities

## Organisations

## Network

## Logs and proofs

## Verify

## About
about-node = Бұл – еріктілер ұйымдарының федеративтік желісінің торабы.

## Coordinator: today

## Coordinator: records

## Coordinator: import

## Administrator: members

## Administrator: partners

## Administrator: accounts and settings

## Administrator: health

## Problems
