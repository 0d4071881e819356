# Тексты интерфейса на русском языке.

## Даты и числа
month-1 = января
month-2 = февраля
month-3 = марта
month-4 = апреля
month-5 = мая
month-6 = июня
month-7 = июля
month-8 = августа
month-9 = сентября
month-10 = октября
month-11 = ноября
month-12 = декабря
date = { $day } { $month } { $year } г.
moment = { $date }, { $time } UTC
hours =
    { $n ->
        [one] { $n } час
        [few] { $n } часа
       *[many] { $n } часов
    }

## Frame
demonstration = Это демонстрация: организации и предложения вымышлены.
skip = К содержанию
languages = Язык
nav-main = Главное меню
nav-more = Подробнее об этом узле
nav-staff = Ваша работа
nav-opportunities = Возможности
nav-organisations = Организации
nav-network = Сеть
nav-verify = Проверка
nav-about = О сайте
nav-logs = Журналы
nav-api = Для программ
foot-signed = Каждая запись здесь подписана организацией, которая её сделала, и любой может её проверить.

## Words used everywhere
any = Не важно
search = Найти
place = Место
country = Страна
countries = Страны
country-unknown = Страна не указана
partner = Партнёр
state = Состояние
details = Подробнее
files = Файлы
key = Ключ
pages = Страницы
page-next = Следующая страница
page-previous = Предыдущая страница
page-first = Первая страница
unit-years =
    { $n ->
        [one] { $count } год
        [few] { $count } года
       *[many] { $count } лет
    }
unit-a = лет
unit-deg = градусы
unit-min = минуты
unit-minutes =
    { $n ->
        [one] { $count } минута
        [few] { $count } минуты
       *[many] { $count } минут
    }
dates-both = { $from } – { $until }
dates-from = с { $from }
dates-until = до { $until }
untitled = Без названия
map-borders = Границы показаны по открытым данным Natural Earth и не выражают ничьей позиции.
map-place = Место на карте
map-not-drawn = слишком мала для карты
yes = Да
no = Нет
all = Все
cancel = Отмена
undo = Вернуть как было
next = Следующая страница
look = Посмотреть
nothing = Ничего
before = Было
after = Стало
field = Поле
value = Значение
row = Строка
row-n = Строка { $n }
found = Найдено
reason = Причина
who = Кто
when = Когда
what = Что сделано
to-what = С чем
from = С какого дня
until = По какой день
until-optional = По какой день (необязательно)
no-end = бессрочно
roles = Роли
organisation = Организация
crumbs = Где вы находитесь
crumb-record = Запись
refused-title = Не получилось
refused-code = Если будете просить помощи, назовите код:
nav-today = Сегодня
nav-records = Записи
nav-import = Импорт
nav-partners = Партнёры
nav-accreditations = Аккредитация
nav-health = Состояние узла
nav-settings = Настройки
nav-deeds = Кто что сделал
done-published = Опубликовано.
done-closed = Закрыто: волонтёров больше не ищут.
done-closed-many =
    { $n ->
        [one] Закрыта { $count } запись.
        [few] Закрыты { $count } записи.
       *[other] Закрыто { $count } записей.
    }
done-reverted = Прежняя версия возвращена.
done-erased = Запись стёрта. Организации, которые её хранили, ответят.
done-undone = Возвращено.
done-seen = Отмечено как просмотренное.
done-discarded = Файл убран.
done-accepted = Приглашение принято.
done-blocked = Организация заблокирована.
done-unblocked = Блокировка снята.
done-removed = Партнёрство прекращено.
done-accredited = Аккредитация выдана.
done-revoked = Аккредитация отозвана.
done-trusted = Организация стала корнем доверия.
done-distrusted = Организация больше не корень доверия.
done-verifying = Проверка началась.
done-rebuilding = Указатель строится заново.
done-made = Ссылка для учётной записи готова.
done-role = Роль изменена.
done-sessions-ended = Все входы завершены.
done-account-removed = Учётная запись удалена.
done-hook-added = Вебхук добавлен.
done-hook-removed = Вебхук удалён.
done-hook-tested = Пробное сообщение отправлено.

## Accounts
account = Учётная запись
sign-in = Войти
sign-out = Выйти
account-field-name = Имя для входа
account-field-name-help = Буквы, цифры и знаки . _ - @
account-field-shown = Как вас называть
account-field-password = Пароль
account-field-old-password = Нынешний пароль
account-field-new-password = Новый пароль
account-field-password-help = Не меньше 8 знаков. Несколько слов, которые вы больше нигде не используете, легко запомнить.
account-field-role = Роль
account-field-language = Язык
account-save = Сохранить
sign-in-wrong = Неверное имя или пароль. Попробуйте ещё раз.
sign-in-limited =
    { $n ->
        [one] Слишком много неверных паролей. Попробуйте через { $n } минуту.
        [few] Слишком много неверных паролей. Попробуйте через { $n } минуты.
       *[many] Слишком много неверных паролей. Попробуйте через { $n } минут.
    }
sign-in-help = Забыли пароль? Попросите у администратора ссылку, по которой задают новый.
password-short = Пароль слишком короткий: нужно не меньше { $min } знаков.
password-long = Пароль слишком длинный.
password-guessed = Такой пароль легко угадать. Выберите другой.
name-taken = Учётная запись с таким именем уже есть. Выберите другое.
name-wrong = Здесь годятся только буквы, цифры и знаки . _ - @.
shown-wrong = Напишите здесь от 1 до 100 знаков в одну строку.
scopes-wrong = Выберите хотя бы одно из того, что разрешено вам.
days-wrong = Выберите срок из списка.
link-first = Первый администратор
link-first-help = У этого узла ещё нет администратора. Выберите, как вы будете входить; после этого ссылка больше не действует.
link-invitation = Вас пригласили на этот узел
link-invitation-help = Выберите пароль; после этого ссылка больше не действует.
link-reset = Новый пароль
link-reset-help = Выберите новый пароль. Все открытые сеансы завершатся.
link-do = Открыть учётную запись
link-reset-do = Задать пароль
role-administrator = администратор
role-coordinator = координатор
role-auditor = аудитор
role-volunteer = волонтёр
scope-read = Читать записи
scope-publish = Публиковать и менять записи
scope-manage = Управлять узлом
account-profile = Обо мне
account-password = Смена пароля
account-password-do = Сменить пароль
account-sessions = Сеансы
account-sessions-help = Браузеры, в которых вы вошли. Каждый сеанс сам завершается через двенадцать часов.
session-unnamed = Неизвестный браузер
session-this = Этот браузер
session-since = Начат
session-seen = Последнее действие
session-end = Завершить сеанс
session-end-all = Завершить все остальные сеансы
account-tokens = Токены для программ
account-tokens-help = С токеном программа действует от вашего имени. Храните его как пароль.
token-none = Для вашей роли токены не выдаются.
token-label = Название, например имя программы
token-scopes = Что разрешено
token-days = На какой срок
token-make = Создать токен
token-made = Новый токен
token-made-help = Скопируйте его сейчас: второй раз он не показывается.
token-expires = Действует до
token-used = Последнее использование
token-never-used = ещё не использовался
token-revoke = Отозвать токен
token-for-days =
    { $n ->
        [one] { $n } день
        [few] { $n } дня
       *[many] { $n } дней
    }
done-signed-out = Вы вышли.
done-welcome = Добро пожаловать! Ваша учётная запись готова.
done-profile = Сохранено.
done-password = Пароль изменён. Остальные сеансы завершены.
done-session = Сеанс завершён.
done-token = Токен отозван.

## Opportunities
opportunities = Возможности для волонтёров
opportunities-lead = Найдите дело рядом с вами или помогайте из дома. Регистрация не нужна.
opportunities-search = Поиск возможностей
opportunities-found =
    { $n ->
        [one] { $count } возможность
        [few] { $count } возможности
       *[many] { $count } возможностей
    }
opportunities-loosened = Ничего не нашлось по всем словам сразу. Вот то, где есть часть из них.
opportunities-incomplete = Поиск ещё обновляется, поэтому может найтись не всё. Загляните через минуту.
opportunities-none = Ничего не нашлось.
opportunities-none-filters = Сократите запрос или уберите один из фильтров.
opportunities-none-yet = Пока ни одна организация ничего не опубликовала. Как только появится первое предложение, вы увидите его здесь.
opportunities-none-network = Посмотреть, кто участвует
opportunities-map = Возможности на карте
map-says =
    { $n ->
        [one] { $count } место с возможностями; те же числа есть в таблице.
        [few] { $count } места с возможностями; те же числа есть в таблице.
       *[many] { $count } мест с возможностями; те же числа есть в таблице.
    }
map-table = То же в числах
map-around = Где (широта, долгота)
view-list = Список
view-map = Карта
filter-words = Что вы ищете?
filter-place = Город или регион
filter-country = Страна
filter-language = Язык
filter-remote = Из дома
remote-only = Можно из дома
remote-never = Только на месте
filter-from = Не раньше
filter-until = Начало не позже
filter-sector = Сфера
filter-sdg = Цель устойчивого развития
filter-near = Рядом с точкой
filter-near-help = Широта и долгота, например 43.25, 76.95.
filter-radius = Расстояние, км
filter-organisation = Организация
filter-status = Состояние
status-any = любое
filters-more = Ещё фильтры
filters-apply = Показать
filters-on = Включённые фильтры
filter-remove = Убрать фильтр
filters-clear = Сбросить всё
filters-refused = Эти фильтры не удалось применить, поэтому они не учтены:
sort = Порядок
sort-relevance = По соответствию
sort-new = Сначала новые
sort-start = Сначала ближайшие по дате
sort-near = Сначала ближайшие по месту
badge-priority = Срочно
badge-remote = Можно из дома
badge-emergency = Чрезвычайная ситуация
take-part = Участвовать
apply = Подать заявку
ask = Задать вопрос
apply-outside = Откроется сайт самой организации.
apply-none = Организация не указала, где подать заявку. Другие способы связи есть на её странице.
schedule = Дни и часы
place-more = Подробнее о месте
sessions = Ближайшие встречи
places-left = Свободных мест
sessions-more =
    { $n ->
        [one] и ещё { $count } встреча
        [few] и ещё { $count } встречи
       *[many] и ещё { $count } встреч
    }
proof-how = Откуда известно, что это правда
proof-signed-by = Подписала организация
proof-version = С тех пор запись меняли: это версия { $version }.
proof-check = Проверить доказательство
record-all = Всё, что сказано в записи

## Organisations
organisations-lead = Кого знает этот узел и кто за них поручился.
organisations-standing = организаций с признанным статусом
organisations-countries = стран
organisations-search = Название или страна
organisations-found =
    { $n ->
        [one] { $count } организация
        [few] { $count } организации
       *[many] { $count } организаций
    }
organisations-none = Организаций с таким названием нет.
organisations-all = Показать все
organisation-own = этот узел
standing = Статус
standing-root = Доверие напрямую
standing-accredited = Аккредитована
standing-partner = Партнёр этого узла
standing-former = Больше не аккредитована
standing-none = Не аккредитована
standing-none-short = не аккредитована
standing-how = Как она вошла в сеть
standing-means =
    { $standing ->
        [standing-root] Оператор этого узла доверяет ей напрямую. Кого она аккредитует, тот тоже входит в сеть.
        [standing-accredited] К ней ведёт цепочка аккредитаций от организации, которой доверяет этот узел.
        [standing-partner] Оператор этого узла принял её как партнёра. Другие узлы решают сами.
        [standing-former] Раньше она была аккредитована. То, что она написала тогда, может считаться; новое – нет.
       *[other] Никто из тех, кому доверяет этот узел, её не аккредитовал. Её записи видны, но в отчёты не входят.
    }
chain-root = Этот узел доверяет ей
chain-accredited = Аккредитована той, что выше
chain-accreditation = Её аккредитация следующей
organisation-no-opportunities = Сейчас предложений нет.
organisation-all-opportunities = Все её предложения
organisation-card = Об организации
organisation-id = Её имя в сети

## Network
network-lead = Организации, которые обмениваются подписанными записями. У сети нет владельца: у каждой организации свой узел.
network-entries = записей в их журналах
network-map = Страны-участницы на карте мира
network-map-says =
    { $n ->
        [one] Заштрихована { $count } страна, она есть в таблице.
        [few] Заштрихованы { $count } страны, они есть в таблице.
       *[many] Заштриховано { $count } стран, они есть в таблице.
    }
network-map-key = Штриховка: страны с участниками. Линии: кто кого аккредитовал через границу.
network-let-in = Аккредитовали:
network-more =
    { $n ->
        [one] и ещё { $count } организация
        [few] и ещё { $count } организации
       *[many] и ещё { $count } организаций
    }
network-logs = Посмотреть журналы всех организаций
network-health = Как идёт обмен (видно только сотрудникам)
network-health-none = У этого узла пока нет партнёров.
health-connected = На связи
health-away = Нет связи
health-invited = Приглашён, ещё не выходил на связь
health-silent = Слишком долго молчит
health-lag = Отстаёт на записей
health-last = Последняя связь
health-refusals = Отказы

## Logs and proofs
logs-lead = Каждая организация ведёт журнал, который можно только дополнять. Кто видел его однажды, заметит любое изменение.
logs-none-here = На этом узле пока нет её журналов.
log = Журнал
log-of = Журнал: { $name }
log-whose = Об организации
log-entries =
    { $n ->
        [one] { $count } запись
        [few] { $count } записи
       *[many] { $count } записей
    }
log-entry = Запись { $index }
log-size = Записей в журнале
log-name = Имя журнала
log-frozen = Этот журнал противоречит сам себе, поэтому узел больше ничего из него не берёт. Организация должна открыть новый.
log-frozen-short = Противоречит себе
log-checkpoint = Контрольная точка
log-checkpoint-means = Подписанная строка: какой длины журнал и чему равна его общая сумма. Две несовпадающие точки выдали бы обман.
log-read = Читать другими программами
log-read-means = Журнал отдаётся в формате C2SP tlog-tiles. Любая программа для таких журналов может следить за ним и проверять его без помощи этого узла.
log-tiles = Плитки
log-tile-entries = Записи по плиткам
entries = Записи
entry = Запись №
entry-what = Что
entry-class = Класс
entry-when = Подписана
entry-control = управляющая
entry-record = обычная
entry-not-public = Не публичная: известно только, что она есть
entry-erased = Стёрта своей организацией
entries-newer = Более новые
entries-older = Более старые
kind-unknown = Этот узел не знает такого вида записей, поэтому показывает их содержание без пояснений.
record-whose = Кто это говорит
record-as-opportunity = Посмотреть глазами волонтёра
version-disputed = Две разные записи называют себя последней версией. Пока организация не опубликует новую, действует эта, более ранняя.
record-malformed = Часть этой записи не в той форме, в какой должна быть, поэтому она не входит в отчёты.
record-not-audited = Узел ещё не проверил подпись этой записи. Он сделает это сам.
readers = Кто может читать
may-read-public = Все
may-read-network = Организации сети
may-read-listed =
    { $n ->
        [one] { $count } названная в ней организация
        [few] { $count } названные в ней организации
       *[many] { $count } названных в ней организаций
    }
versions = Версии
version = Версия
version-from = Действует с
version-here = показана здесь
version-current = Действует
version-old = Заменена
version-erased = Стёрта
version-bad = Не действительна
version-absent = Здесь не хранится
version-shown-old = Вы смотрите более раннюю версию.
version-newest = Показать последнюю
deeds = Кто что делал (видно только сотрудникам)
deed-when = Когда
deed-who = Кто
deed-what = Что
file-record = Запись, ровно как подписана
file-record-help = Её подпись проверит любая программа для W3C Verifiable Credentials.
file-bundle = Пакет для проверки без интернета
file-bundle-help = Запись со всеми доказательствами в одном файле. Его можно вставить на странице «Проверка».
file-proof = Доказательство, что она в журнале
file-proof-help = C2SP tlog-proof, текст из нескольких строк.
erased = Эта запись стёрта
erased-lead = Организация распорядилась уничтожить эту запись на всех узлах, где она хранилась.
erased-what = Её содержания больше нет. Остался только номер в журнале, по которому ничего не узнать.
erased-by = Кто стёр
erased-when = Когда
erased-why = Почему
erased-receipts = Подтвердили уничтожение
erased-unanswered = Ещё не ответили
disputed = Две записи называют себя одной версией
disputed-lead = Ни одна не действует, пока организация не опубликует более высокую версию.
proof = Доказательство
proof-lead = Узел только что проверил каждый из этих шагов. Вы можете проверить их сами, не доверяя узлу.
proof-holds = Доказательство верно
proof-holds-means = Запись в точности такая, какой её подписали, она стоит в журнале, и ключ принадлежал организации
proof-fails = Доказательство неверно
proof-fails-means = Не полагайтесь на эту запись. Шаг, который не прошёл, отмечен ниже.
holds = верно
holds-not = неверно
proof-signature = Подпись
proof-signature-means = Ключ подписал ровно эти байты. Одна изменённая буква нарушила бы подпись.
proof-logged = В журнале
proof-logged-means = Запись – одна из { $size } в журнале, который можно только дополнять: она не исчезнет и не будет подделана задним числом незаметно.
proof-path = Хешей до корня
root-hash = Корень
proof-checkpoint = Контрольная точка
proof-checkpoint-means = Узел, который ведёт журнал, подписал его размер и корень. Он не сможет показать другому иной журнал, не оставив доказательства.
proof-cosigned =
    { $n ->
        [one] Видел { $count } свидетель
        [few] Видели { $count } свидетеля
       *[many] Видели { $count } свидетелей
    }
proof-cosigned-means = Эти организации подписали, что видели тот же журнал.
proof-cosigned-nobody = Свидетелей пока нет
proof-cosigned-none = На узле нет подписи другой организации под последней контрольной точкой. Доказательство верно и без неё; свидетели лишь помогают заметить журнал, который разным людям показывают по-разному.
proof-key = Ключ
proof-key-means = В том месте журнала этот ключ действовал для организации
proof-standing = Статус сегодня
proof-standing-means = От организации, которой доверяет узел, каждая аккредитовала следующую:
proof-standing-none = К этой организации не ведёт цепочка аккредитаций от тех, кому доверяет узел.
proof-numbers = Числа
proof-created = Подписана, по её словам
proof-not = Чего это не доказывает
proof-not-means = Не то, что сказанное – правда, а лишь кто это сказал и что это не меняли. Время указано со слов организации.
proof-yourself = Проверьте сами
proof-yourself-means = В пакете всё перечисленное в одном файле. Его можно проверить на любом другом узле или без интернета командой «erikti verify».

## Verify
verify = Проверка
verify-lead = Покажите свидетельство или другую запись. Вы узнаете, кто её выдал, имел ли право и действует ли она.
verify-text = Вставьте сюда
verify-text-help = Полный текст записи, пакета или Open Badge в формате JSON.
verify-file = Или выберите файл
verify-file-help = Не больше { $kib } КиБ. Его можно перетащить сюда.
verify-id = Или укажите её номер
verify-id-help = Например urn:uuid: и 36 знаков, если запись хранится на этом узле.
verify-do = Проверить
verify-another = Проверить ещё
verify-how = Как это работает
verify-how-1 = Всё проверяется на этом узле. Никуда ничего не отправляется, никого не спрашивают, и вставленное не сохраняется.
verify-how-2 = Поэтому о записи неизвестной узлу организации можно сказать только, что она подписана, но не что ей стоит верить.
verdict-good = Подлинная и действует
verdict-doubtful = Требует внимания
verdict-bad = Не полагайтесь на неё
verdict-unknown = Здесь не проверить
verdict-what = Что
verdict-kind = Вид
verdict-issuer = Выдала организация
verdict-issuer-says = Называет издателем
verdict-id = Номер
verdict-steps = Что проверено
verdict-because = Точная причина
finding-good = В порядке
finding-doubtful = Обратите внимание
finding-bad = Неверно
verify-refused-unknown = На этом узле нет записи с таким номером.
verify-refused-erased = Запись с этим номером стёрта её организацией.
verify-refused-form = Это не запись и не номер, или текст слишком велик. Вставьте текст записи целиком.
verify-form-json = Это не читается как запись: часть потеряна или изменена.
verify-form-record = Это похоже на данные, но не запись этой сети и не свидетельство другой.
verify-signature-good = Подпись подлинная: после подписания ничего не меняли.
verify-signature-bad = Подпись не подходит: текст изменили после подписания или в таком виде его не подписывали.
verify-malformed = Некоторые поля не в той форме, в какой должны быть.
verify-issuer-unknown = Издателем названа организация { $name }, но ключ, которым она подписана, узлу неизвестен.
verify-issuer-known = Её выдала организация { $name }.
verify-issuer-proved = Пакет доказывает, что её выдала организация { $name }.
verify-issuer-foreign = Издателем названа организация { $name }. Её ли это ключ, узлу неизвестно.
verify-key-not-in-force = Ключ, которым она подписана, в то время для этой организации не действовал.
verify-logged = Она стоит в журнале организации под номером { $index } ({ $origin }).
verify-logged-proved = Пакет доказывает, что это запись { $index } из { $size } в журнале { $origin }.
verify-log-missing = Узел не находит её в журнале организации { $name }. Возможно, она слишком новая или не публичная.
verify-current = Это последняя версия.
verify-superseded = Это версия { $version }. Организация заменила её версией { $newest }.
verify-conflict = Две записи называют себя этой версией, поэтому пока ни одна не действует.
verify-revoked = В ней сказано об отзыве.
verify-erased = Организация стёрла эту запись. Она больше не действует.
verify-standing-root = Этот узел доверяет организации { $name } напрямую.
verify-standing-accredited = Организация { $name } аккредитована организацией { $by }.
verify-standing-partner = { $name } – партнёр этого узла.
verify-standing-former = Организация { $name } больше не аккредитована, но была, когда это писалось.
verify-standing-none = Никто из тех, кому доверяет узел, не аккредитовал организацию { $name }.
verify-standing-role = Организация { $name } входит в сеть, но не имеет нужной роли: { $role }.
verify-standing-unaccredited = Её организация признана, но нужная роль не доказана.
verify-standing-unknown = В пакете нет аккредитации от тех, кому доверяет узел.
verify-valid-until = Действует до { $until }.
verify-expired = Срок истёк: она действовала до { $until }.
verify-not-yet = Начнёт действовать с { $from }.
verify-bundle-form = Пакет изменён или обрезан: он записан не так, как должен.
verify-bundle-proof = Одно из доказательств в пакете неверно.
verify-foreign-unsigned = В этом свидетельстве нет подписи: его мог написать кто угодно.
verify-foreign-unreadable = Оно подписано способом, который этот узел не умеет проверять ({ $suite }). Это не говорит ни за, ни против.
verify-foreign-status = Издатель ведёт список отозванных свидетельств в другом месте. Узел туда не обращается, проверьте сами.

## About
about-node = Это узел Erikti – сети волонтёрских организаций, которая опирается на подписи, а не на единый центр.
about-network = Каждая организация держит свой узел и публикует подписанные записи: возможности, часы, свидетельства. Узлы передают их друг другу, и каждый может проверить, кто что написал.
about-volunteer = Ерікті по-казахски – волонтёр, тот, кто действует по доброй воле.
about-trust = Кому доверяет этот узел
about-trust-means = Эти организации выбрал оператор узла. Кого они аккредитуют, тот тоже признан здесь.
about-privacy = Ваши данные
about-privacy-1 = Чтобы смотреть, искать и проверять, регистрация не нужна.
about-privacy-2 = Здесь нет слежки, ничего не загружается с других сайтов. Один файл cookie хранит язык, ещё один появляется при входе.
about-privacy-3 = В записях о людях вместо имени стоит случайный номер, и читать их могут только организации, которым это нужно.
about-privacy-4 = Организация может стереть опубликованное о вас на всех узлах. Обратитесь к той, что это написала.
about-open = Для программ
about-api = Интерфейс для программ (API)
about-feed-opportunities = Лента возможностей (OpenActive RPDE)
about-feed-sessions = Лента встреч (OpenActive RPDE)
about-logs = Журналы (C2SP tlog-tiles)
about-this = Об этом узле
about-network-name = Сеть
about-log = Его журнал
about-version = Программа

## Coordinator: today
today-title = Что нужно сегодня
today-quiet = Сегодня всё спокойно
today-quiet-what = Здесь появятся предложения, срок которых подходит, ошибки в записях и замолчавшие партнёры.
today-imports = Импорты
today-rejected =
    { $n ->
        [one] { $count } строка не принята
        [few] { $count } строки не приняты
       *[other] { $count } строк не принято
    }
today-faulty = Записи, которые надо поправить
today-faulty-what = Они хранятся, но не учитываются ни в одном отчёте.
today-ending = Скоро закончатся
today-ends = Последний день: { $day }
today-review = Пора проверить
today-review-by = Проверить до: { $day }
today-silent = Партнёры, от которых нет вестей
today-silent-since = Последняя весть: { $at }
today-silent-ever = Нет вестей с запуска узла
today-refuses = При обмене есть отказы
today-erasures = Ждём расписок об удалении
today-unanswered =
    { $n ->
        [one] { $count } организация ещё не ответила
        [few] { $count } организации ещё не ответили
       *[other] { $count } организаций ещё не ответили
    }
today-fresh =
    { $n ->
        [one] { $count } новое предложение от партнёров
        [few] { $count } новых предложения от партнёров
       *[other] { $count } новых предложений от партнёров
    }
today-seen = Просмотрено
today-more = и ещё { $count }

## Coordinator: records
records-title = Наши записи
records-new = Новая запись
records-new-opportunity = Новое предложение
records-words = Искать в названии
records-kind = Вид
records-status = Состояние
records-show = Показать
records-none = Таких записей нет
records-empty = Пока нет ни одной записи
records-tick = Выбрать
records-name = Название
records-changed = Изменено
records-faulty = Надо поправить
records-close = Закрыть выбранные
records-csv = Скачать таблицу CSV: { $kind }
record-edit = Изменить
record-copy = Сделать копию
record-close = Закрыть
record-add-session = Добавить встречу
record-erase = Стереть
record-erased = Стёртая запись
record-says = Что в записи
record-history = История
record-version = Версия { $n }
record-current = текущая
record-same = Содержание не менялось.
record-differences =
    { $n ->
        [one] Изменено { $count } поле
        [few] Изменены { $count } поля
       *[other] Изменено { $count } полей
    }
record-revert = Вернуться к версии { $n }
record-conflict = Две записи претендуют на одну версию, поэтому ни одна не считается. Откройте и опубликуйте заново.
record-erasures = Удаление
erasure-answered = Уничтожено
erasure-silent = Нет ответа
readers-public = Это могут читать все.
readers-network = Это могут читать организации сети.
readers-own = Это может читать только наша организация.
readers-listed = Это можем читать только мы и эти организации: { $names }.
choose-public = Прочитать это сможет каждый, в любой стране.
choose-network = Прочитать это смогут только организации сети.
choose-listed = Прочитать это сможем только мы и организации, отмеченные ниже.
form-new = Новая запись: { $kind }
form-edit = Изменить: { $kind }
form-required = обязательно
form-more =
    { $n ->
        [one] Ещё { $count } поле
        [few] Ещё { $count } поля
       *[other] Ещё { $count } полей
    }
form-add = Добавить ещё: { $what }
form-remove = Убрать: { $what }
form-add-language = Добавить язык
form-language = Код языка ({ $what })
form-readers = Кто сможет прочитать
form-readers-wider = Кто мог прочитать запись, прочитает и следующие версии: круг можно только расширить.
form-listed = Выбрать организации
form-before = После публикации запись подпишет наша организация, она попадёт в журнал и сразу дойдёт до партнёров. Потом её можно изменить, но история сохранится.
form-publish = Опубликовать
form-faults =
    { $n ->
        [one] Надо исправить { $count } место. Всё введённое сохранено.
        [few] Надо исправить { $count } места. Всё введённое сохранено.
       *[other] Надо исправить { $count } мест. Всё введённое сохранено.
    }
fault-missing = Это надо заполнить.
fault-line = Одна строка, не больше { $max } знаков.
fault-text = Текст, не больше { $max } знаков.
fault-code = Нужен код из списка { $list }, например { $example }.
fault-integer = Целое число от { $min } до { $max }.
fault-decimal = Число от { $min } до { $max }, после запятой не больше { $places } цифр.
fault-date = Дата: год-месяц-день, например 2026-12-31.
fault-time = Время: часы:минуты, например 09:00.
fault-moment = Дата и время, например 2026-12-31T09:00:00.
fault-url = Адрес, который начинается с https://.
fault-uri = Полный адрес или имя, например https://…
fault-record = Выберите из списка или вставьте идентификатор записи (urn:uuid:…).
fault-organisation = Выберите из списка или вставьте идентификатор организации (urn:erikti:org:…).
fault-choice = Выберите из списка.
fault-other = Ожидалось: { $allowed }
fault-too-many = Не больше { $max }.
fault-language = Нужен код языка, например fr или zh-Hant.
fault-not-before = Не раньше, чем { $value }.
fault-at-most = Не больше, чем { $value }.
fault-region = Нужен регион страны { $value }.
fault-coordinates = Укажите обе координаты или ни одной.
fault-narrower = Нельзя исключить тех, кто уже мог читать. Сотрите запись и сделайте новую.
fault-nobody = Выберите, кто сможет прочитать.
conflict-title = Эту запись тем временем изменили
conflict-what = Ничего не потеряно и ничего не опубликовано. Выберите для каждого поля, что оставить.
conflict-apart = Вы меняли другие поля: останутся оба изменения.
conflict-mine = Моё
conflict-theirs = То, что опубликовано сейчас
conflict-publish = Опубликовать выбранное
conflict-drop = Отказаться от моих изменений
erase-title = Стереть запись
erase-versions =
    { $n ->
        [one] Будет уничтожена { $count } версия.
        [few] Будут уничтожены все { $count } версии.
       *[other] Будут уничтожены все { $count } версий.
    }
erase-holders = Каждая организация, у которой она есть, уничтожит её и пришлёт расписку; кто не ответил, будет видно.
erase-closed = Идентификатор закроется: даже импорт её не вернёт.
erase-final = Вернуть будет нельзя. Если нужно только прекратить набор, закройте запись.
erase-reason = Причина
erase-reason-help = Причина останется в журнале навсегда как код; других слов не пишут.
erase-type = Чтобы подтвердить, наберите название
erase-wrong-reason = Выберите причину.
erase-wrong-title = Набранный текст не совпадает с названием.
erase-do = Стереть навсегда

## Coordinator: import
import-own-table = Таблицу, скачанную из списка записей, можно изменить в электронной таблице и загрузить обратно: новые версии получат только изменённые строки.
import-title = Импорт из файла
import-what = Принесите таблицу или файл данных. Сначала вы увидите, что получится, потом подтвердите, и сутки сможете всё вернуть.
import-file = Файл
import-file-help = CSV (UTF-8) или файл Volunteering Data Standard (JSON-LD).
import-paste = Или вставить таблицу
import-text = Текст таблицы, в первой строке названия
import-more = Дополнительно
import-format = Формат файла
import-format-guess = Определить самому
import-map = Файл соответствия (TOML)
import-map-help = Без него столбцы выбирают на следующей странице.
import-bring = Посмотреть файл
import-list = Прежние импорты
import-none = Пока ничего не импортировали.
import-name = Файл
import-outcome = Что получилось
import-state = Состояние
import-bulk = Закрытие нескольких записей
import-by-program = Через программу
import-new =
    { $n ->
        [one] { $count } новая
        [few] { $count } новые
       *[other] { $count } новых
    }
import-changed =
    { $n ->
        [one] { $count } изменена
        [few] { $count } изменены
       *[other] { $count } изменено
    }
import-rejected =
    { $n ->
        [one] { $count } не принята
        [few] { $count } не приняты
       *[other] { $count } не принято
    }
import-staged = Просмотр: ничего не изменено
import-running = Импорт идёт
import-done = Импортировано
import-undoing = Возвращаем как было
import-undone = Возвращено
import-interrupted = Прервано
import-undo = Отменить импорт
import-undo-until = можно вернуть до { $at }
import-continue = Продолжить
import-rejected-title = Строки, которые не приняты
interrupted-what = Узел остановился во время импорта. Сделанное сделано, остальное нет. Можно продолжить или вернуть как было.
progress = Ход работы
progress-what = Эту страницу можно закрыть: работа идёт сама. Страница обновляется сама.
progress-rate = { $count } в секунду
progress-look = Обновить сейчас
undone-restored =
    { $n ->
        [one] { $count } запись вернулась к прежнему виду
        [few] { $count } записи вернулись к прежнему виду
       *[other] { $count } записей вернулись к прежнему виду
    }
undone-kept =
    { $n ->
        [one] { $count } запись кто-то изменил позже, она осталась.
        [few] { $count } записи кто-то изменил позже, они остались.
       *[other] { $count } записей кто-то изменил позже, они остались.
    }
done-new = новых записей
done-changed = изменённых записей
done-rejected = строк не принято
columns-title = Что означают столбцы?
columns-what = Мы сделали предположение. Проверьте и поправьте: невыбранные столбцы не импортируются.
columns-source = Краткое имя таблицы
columns-source-help = В следующий раз напишите так же: тогда записи обновятся, а не повторятся.
columns-id = Столбец с номером каждой строки
columns-id-help = Он должен быть разным в каждой строке и не меняться потом.
columns-found =
    { $n ->
        [one] Найден { $count } столбец
        [few] Найдено { $count } столбца
       *[other] Найдено { $count } столбцов
    }
columns-column = Столбец
columns-samples = Примеры
columns-becomes = В какое поле
columns-becomes-of = В какое поле идёт столбец «{ $column }»
columns-written = Как записано
columns-written-of = Как записан столбец «{ $column }»
columns-nothing = — не импортировать —
columns-plain = Как есть
columns-constants = Одинаковое во всех строках
columns-constants-help = Например, код страны, если она у всех одна.
columns-preview = Посмотреть, что получится
preview-title = Что получится
preview-what = Пока ничего не изменено.
preview-read = строк прочитано
preview-new = станут новыми записями
preview-changed = изменятся
preview-unchanged = без изменений
preview-rejected = не будут приняты
preview-readers = Импортированные записи смогут прочитать все.
preview-undo = 24 часа всё можно вернуть: новые записи получат состояние «отменено», изменённые станут прежними.
preview-erases = У таких записей нет состояния «отменено»: при возврате они будут стёрты навсегда.
preview-confirm =
    { $n ->
        [one] Опубликовать { $count } запись
        [few] Опубликовать { $count } записи
       *[other] Опубликовать { $count } записей
    }
preview-columns = Изменить столбцы
preview-ignored = Столбцы, которые не импортируются
preview-first = Первые записи будут такими
preview-is-new = новая
preview-is-changed = изменится

## Administrator: members
nav-members = Люди
members-title = Кто может войти
members-what = У каждого своя учётная запись: в истории видно, кто что сделал.
members-invited = Приглашены, ещё не вошли
member-name = Имя
member-role = Роль
member-role-of = Роль: { $name }
member-seen = Последний вход
member-do = Действия
member-more = Ещё
member-you = это вы
member-set-role = Сменить
member-sessions =
    { $n ->
        [one] { $count } вход
        [few] { $count } входа
       *[other] { $count } входов
    }
member-tokens =
    { $n ->
        [one] { $count } токен
        [few] { $count } токена
       *[other] { $count } токенов
    }
member-reset = Ссылка для нового пароля
member-end-sessions = Завершить все входы
member-remove = Удалить учётную запись
member-invite = Пригласить человека
member-invite-what = Получится одноразовая ссылка, по которой человек сам выберет пароль.
member-invite-do = Сделать ссылку
member-sign-in-name = Имя для входа
member-shown = Имя для других
member-roles-what = Что могут роли
member-administrator = Администратор
member-coordinator = Координатор
member-auditor = Проверяющий
member-volunteer = Волонтёр
member-administrator-may = Всё, включая людей и настройки.
member-coordinator-may = Создаёт, меняет и импортирует записи.
member-auditor-may = Читает всё, ничего не меняет.
member-volunteer-may = Читает открытое для всех и ведёт свою учётную запись.
member-link = Ссылка
member-link-title = Ссылка готова
member-link-what = Отправьте её только этому человеку: она одноразовая и видна только сейчас.
deed-account-invite = приглашение человека
deed-account-role = смена роли
deed-account-reset = ссылка для нового пароля
deed-account-remove = удаление учётной записи
deed-account-sessions-end = завершение входов

## Administrator: partners
partners-title = Партнёры
partners-stopped = Узел не слушает сеть, поэтому принять приглашение никто не сможет.
partners-list = Нынешние партнёры
partners-none = Партнёров пока нет. Пригласите кого-нибудь или примите приглашение.
partner-heard = последняя весть: { $at }
partner-current = На связи, всё свежее
partner-current-do = Делать ничего не нужно.
partner-behind =
    { $n ->
        [one] На связи, ещё не дошла { $count } запись
        [few] На связи, ещё не дошли { $count } записи
       *[other] На связи, ещё не дошло { $count } записей
    }
partner-behind-do = Дойдёт само. Если через час не изменится, свяжитесь с партнёром.
partner-apart = Сейчас нет связи
partner-apart-do = Узел сам пробует соединиться снова.
partner-silent = Молчит больше суток
partner-silent-do = Позвоните партнёру: работает ли его узел, не сменился ли адрес?
partner-pending = Приглашение принято, но им ещё не сообщено
partner-pending-do = Сообщим, как только их узел ответит. Если срок ссылки выйдет, попросите новую.
partner-blocked = Заблокирован
partner-blocked-do = Обмена нет. Снять блокировку можно ниже.
partner-unknown = Состояние ещё неизвестно
partner-unknown-do = Станет известно, когда узел запустится.
partner-reason = Причина
partner-role = Роль для нас
partner-since = С какого времени
partner-contact = Последняя весть
partner-lag = Ещё не дошло записей
partner-refusals = Отказы
partner-fault = Последняя неполадка
partner-addresses = Адреса
partner-page = Страница организации
partner-block = Заблокировать
partner-unblock = Снять блокировку
partner-remove = Прекратить партнёрство
block-what = Обмен с этой организацией прекратится за пять секунд. Полученное останется, но не будет учитываться. Вернуть можно в любой момент.
block-reason = Причина (для своих)
unblock-what = Обмен начнётся снова.
remove-what = Организация перестанет быть партнёром; записи останутся. Чтобы начать снова, нужно новое приглашение.
blocked-title = Другие заблокированные
invite-title = Пригласить организацию
invite-what = Получится ссылка на один раз. Отправьте её одному человеку надёжным путём.
invite-role = Кем они будут для нас
invite-hours = Сколько часов действует
invite-do = Сделать приглашение
invite-open =
    { $n ->
        [one] { $count } приглашение ещё не использовано
        [few] { $count } приглашения ещё не использованы
       *[other] { $count } приглашений ещё не использовано
    }
accept-title = Принять приглашение
accept-what = Вставьте присланную ссылку. До принятия вы увидите, кто приглашает.
accept-link = Ссылка приглашения
accept-look = Посмотреть, кто приглашает
invitation-title = Приглашение готово
invitation-send = Отправьте ссылку или покажите код. Она видна только сейчас.
invitation-role = Роль
invitation-until = действует до { $at }
invitation-code = QR-код ссылки
invitation-partners = Теперь вы партнёры. Записи уже передаются.
invitation-later = Принято. Им сообщат, как только их узел ответит.
invited-title = Вас приглашают
invited-by = Кто приглашает
invited-role = Ваша роль для них
invited-expires = Действует до
invited-known = Эта организация уже партнёр. Если принять, обновится её адрес.
invited-blocked = Эта организация заблокирована. Если принять, блокировка снимется.
invited-what = Если принять, узлы начнут обмениваться записями.
invited-accept = Принять
words-title = Шесть слов
words-what = Другая сторона видит те же слова. Сверьте их по телефону: если совпали, ссылку не подменили.
peer-refusal-busy = Просили подождать: заняты
peer-refusal-not-found = Запрошенного не нашлось
peer-refusal-not-allowed = Не разрешено
peer-refusal-bad-request = Запрос не поняли
peer-refusal-other-network = Узел другой сети
peer-refusal-version = Версии программ не сходятся
peer-refusal-conflict = Журнал противоречит сам себе
peer-refusal-used = Приглашение уже использовано
peer-refusal-expired = Срок приглашения вышел
peer-refusal-unknown = Приглашение неизвестно
peer-refusal-blamed = Присылал неверные данные
accreditations-title = Кто кому доверяет
accreditations-what = Аккредитация даёт организации роль в сети. Это подписанная открытая запись, её может проверить каждый.
given-title = Выданные нами
given-none = Мы пока никого не аккредитовали.
received-title = Выданные нам
received-none = Нас пока никто не аккредитовал.
is-given = действует
is-revoked = отозвана
give-title = Выдать аккредитацию
give-nobody = Других организаций пока не известно.
give-roles = Что организация сможет делать в сети.
give-do = Выдать
revoke = Отозвать
revoke-title = Отозвать аккредитацию
revoke-new = Их новые записи больше не будут учитываться.
revoke-old =
    { $n ->
        [one] { $count } запись, которая уже у нас, продолжит учитываться.
        [few] { $count } записи, которые уже у нас, продолжат учитываться.
       *[other] { $count } записей, которые уже у нас, продолжат учитываться.
    }
revoke-below = Организации, которых аккредитовали они, тоже потеряют положение, если за них не ручается никто другой.
revoke-public = Отзыв останется в журнале открытой записью. Выдать снова можно.
revoke-do = Отозвать
roots-title = Корни доверия
roots-what = Слово этих организаций здесь считается: их аккредитованные, и дальше по цепочке, состоят в сети.
roots-none = Корней пока нет.
root-by-settings = указан в настройках
roots-add = Добавить корень
trust = Доверять
distrust = Больше не доверять

## Administrator: accounts and settings
settings-what = Узел читает настройки при запуске. Секретов здесь нет.
settings-change = Чтобы изменить, поправьте файл или задайте переменную, проверьте и перезапустите узел. Переменная важнее файла.
setting = Настройка
setting-from = Откуда взято
setting-from-file = из файла
setting-from-environment = из окружения
setting-from-flag = из строки запуска
setting-from-default = по умолчанию
setting-network = Сеть, к которой относится узел. После первого запуска не меняется.
setting-name = Название организации для людей.
setting-country = Страна организации, две буквы.
setting-listen = Где ждать другие узлы.
setting-announce = По какому адресу узел находят другие, если он отличается.
setting-http-listen = Где ждать браузеры и программы.
setting-http-public-url = Внешний адрес узла, если перед ним стоит прокси.
setting-http-trusted-proxies = Прокси, чьему слову о том, кто спрашивает, верят.
setting-http-metrics-listen = Где отдаются показатели для Prometheus.
setting-http-feed-license = Лицензия, по которой другие могут использовать открытые потоки данных.
setting-trust-roots = Организации, чьё слово считается.
setting-limits-connections = Сколько соединений с узлами держать одновременно.
setting-limits-memory-mib = Память в МиБ, сверх которой новые соединения не принимаются.
setting-limits-requests-per-minute = Запросов с одного адреса в минуту от того, кто не вошёл. Сразу может прийти запас на пять минут; у вошедших — в десять раз больше, у лент и журналов — в двадцать.
deeds-what = Это видят только люди этого узла; в журнал это не попадает.
deeds-none = Пока ничего нет.
deed-record-create = создание записи
deed-record-supersede = изменение записи
deed-record-erase = стирание записи
deed-record-close-many = закрытие нескольких записей
deed-import-run = импорт
deed-import-undo = отмена импорта
deed-peer-invite = приглашение
deed-peer-accept = принятие приглашения
deed-peer-join = присоединение партнёра
deed-peer-block = блокировка
deed-peer-unblock = снятие блокировки
deed-peer-remove = прекращение партнёрства
deed-organisation-trust = добавление корня
deed-organisation-distrust = удаление корня
deed-organisation-announce = объявление адресов
deed-accreditation-give = выдача аккредитации
deed-accreditation-revoke = отзыв аккредитации
deed-store-rebuild = перестройка указателя
deed-store-verify = проверка хранилища
deed-account-link = вход по одноразовой ссылке
deed-account-password = смена пароля
deed-account-profile = смена имени
deed-account-session-end = завершение одного входа
deed-account-token = создание токена
deed-account-token-revoke = отзыв токена
who-operator = оператор, за самой машиной
who-node = сам узел
nav-hooks = Вебхуки
hooks-what = Другим программам сообщают о каждом изменении. Только об открытых записях.
hooks-secret = Ключ виден только сейчас: перенесите его в программу, которая получает сообщения.
hooks-none = Вебхуков пока нет.
hooks-all = все виды записей
hooks-waiting =
    { $n ->
        [one] { $count } сообщение в очереди
        [few] { $count } сообщения в очереди
       *[other] { $count } сообщений в очереди
    }
hooks-add = Добавить вебхук
hooks-url = На какой адрес
hooks-kinds = Только некоторые виды
hooks-loopback = Адрес на этой же машине
hooks-test = Проверить
hooks-remove = Удалить вебхук
hooks-log = Последние сообщения
hooks-no-tries = Пока ничего не отправлено.
hooks-outcome = Результат
hooks-taken = принято
hooks-failed = не принято
hooks-again = Отправить снова
deed-hook-add = добавление вебхука
deed-hook-remove = удаление вебхука
deed-hook-redeliver = повторная отправка

## Administrator: health
health-good = Всё хорошо.
health-some = Кое-что требует внимания.
health-checks = Проверки
health-is-good = хорошо
health-is-bad = нужно внимание
health-logs = Журналы
health-entries = Записей
health-indexed = В указателе
health-audited = Проверено
health-index-size = Указатель занимает на диске { $mib } МиБ.
health-do = Что можно сделать
health-verify = Проверить хранилище
health-verify-what = Читает всё с диска заново, проверяет подписи и корни. Ничего не меняет.
health-rebuild = Построить указатель заново
health-rebuild-what = Помогает, если поиск неполон. Строится по журналам; ничего не теряется, но списки могут быть ненадолго пусты.
health-working = идёт…
health-worked = готово, записей: { $n }
check-running = Узел работает
check-running-bad = Узел остановлен. Запустите его.
check-recovery = Файл восстановления
check-recovery-bad = Он всё ещё в папке данных. Уберите его туда, где вор этой машины его не найдёт.
check-disk = Место на диске
check-disk-bad = Места мало. Освободите или добавьте.
check-partners = Партнёры
check-partners-bad = Партнёров нет, поэтому обмена нет. Пригласите кого-нибудь.
check-roots = Корни доверия
check-roots-bad = Партнёров никто не аккредитует. Назначьте корнем организацию, которой доверяете.
check-store = Хранилище
check-store-bad = Хранилище требует внимания.
check-partner = Партнёр: { $name }
check-partner-bad = Молчит слишком долго. Позвоните им.
check-log = Журнал: { $name }
check-log-bad = С этим журналом неладно. Сделайте, что написано ниже.
check-other-bad = Сделайте, что написано ниже.

## Problems
problem-home = На главную
refusal-link = Эта ссылка больше не действует
refusal-link-next = Она действует один раз и недолго. Попросите новую у того, кто её прислал.
refusal-form = Эту форму нельзя принять
refusal-form-next = Возможно, страница была открыта слишком долго. Вернитесь, обновите страницу и отправьте форму ещё раз. Ничего не изменилось.
refusal-many = Слишком много запросов
refusal-many-next = Подождите несколько минут и попробуйте снова.
refusal-forbidden = Вам это не разрешено
refusal-forbidden-next = Войдите под другой учётной записью или обратитесь к администратору узла.
refusal-nowhere = Такой страницы нет
refusal-nowhere-next = Адрес скопирован целиком? Попробуйте начать с главной страницы.
refusal-gone = Этого больше нет
refusal-gone-next = Это удалено, или срок истёк.
refusal-request-next = Вернитесь и попробуйте ещё раз.
refusal-later = Узел сейчас занят
refusal-later-next = Попробуйте через несколько секунд.
refusal-fault = На узле произошла ошибка
refusal-fault-next = Попробуйте ещё раз. Если повторится, сообщите администратору номер запроса, указанный ниже.
refusal-more = Подробнее
refusal-code = Код
refusal-detail = Что случилось
refusal-number = Номер запроса
refusal-request = Этот запрос не удалось понять

## Codes of problems: what each means, and what whoever meets it should do
problem-usage = Запрос составлен неверно
problem-usage-route = Такого адреса нет
problem-usage-method = Этот адрес не принимает таких запросов
problem-usage-slow = Запрос приходил слишком медленно
problem-usage-size = Запрос слишком велик
problem-usage-media-type = Содержимое запроса другого вида
problem-host-foreign = Запрос предназначен другому узлу
problem-form-foreign = Форма отправлена не со страницы этого узла
problem-limit-requests = Слишком много запросов
problem-limit-signin = Слишком много неверных паролей
problem-signin-needed = Это для тех, кто вошёл
problem-signin-refused = Имя или пароль неверны
problem-password-weak = Такой пароль легко угадать
problem-account-unknown = Такой учётной записи нет
problem-account-exists = Такая учётная запись уже есть
problem-session-unknown = Такого сеанса нет
problem-token-unknown = Такого токена нет
problem-token-invalid = Токен недействителен или больше не действует
problem-link-unknown = Эта ссылка здесь неизвестна
problem-link-gone = Ссылка уже использована или истекла
problem-config-invalid = Настройки неверны
problem-data-missing = Папка данных не подготовлена
problem-data-exists = Папка данных уже используется
problem-data-locked = Папку данных использует другой процесс
problem-data-version = Папка данных записана другой версией программы
problem-keys-exposed = Ключ могут прочитать посторонние
problem-keys-invalid = Файл ключа не такой, каким должен быть
problem-file-unreadable = Файл не читается
problem-file-unwritable = В файл нельзя записать
problem-record-malformed = Запись не такая, какой требует её вид
problem-record-unknown = Такой записи здесь нет
problem-record-conflict = Запись тем временем изменилась
problem-record-erased = Запись стёрта
problem-record-not-own = Запись принадлежит другой организации
problem-kind-unknown = Такого вида записей нет
problem-import-invalid = Файл нельзя импортировать
problem-import-mapping = Соответствие столбцов не подходит к файлу
problem-import-unknown = Такой импорт здесь не помнят
problem-import-unreachable = Поток данных не читается
problem-organisation-unknown = Такая организация здесь неизвестна
problem-peer-unknown = Такого партнёра нет
problem-peer-unreachable = Другой узел недоступен
problem-invitation-altered = Приглашение изменено в пути
problem-invitation-expired = Приглашение истекло
problem-invitation-used = Приглашение уже использовано
problem-invitation-unknown = Другой узел не знает этого приглашения
problem-invitation-invalid = Это не приглашение в эту сеть
problem-log-unknown = Такой журнал здесь не хранится
problem-store-damaged = Хранилище повреждено
problem-search-unready = Поиск создаётся заново
problem-store-stopped = Хранилище больше не принимает записей
problem-precondition-needed = Скажите, какую версию изменить
problem-precondition-failed = С момента чтения это изменилось
problem-idempotency-other = Ключ уже использован для другого запроса
problem-idempotency-running = Запрос с этим ключом выполняется
problem-idempotency-told = Это сделано, а ответ сообщается один раз
problem-address-unknown = У узла нет открытого адреса
problem-hook-unknown = Такого вебхука нет
problem-hook-address = К этому адресу никогда не обращаются
problem-not-allowed = Это не разрешено
problem-node-unreachable = Узел не отвечает
problem-node-stopped = Для этого нужен работающий узел
problem-busy = Слишком много сразу
problem-internal = Ошибка этой программы
advice-failed = Прочитайте, что сказано об ошибке: пока ничего не изменится, на тот же запрос будет тот же ответ.
advice-degraded = Работает, но кому-то стоит посмотреть: erikti doctor.
advice-usage = Запрос составлен неверно: сравните его с тем, что допустимо, и не отправляйте в том же виде.
advice-data = Исправьте указанные данные и отправьте ещё раз; ничего не изменено.
advice-unavailable = Нужная сторона недоступна: убедитесь, что она работает, и попробуйте снова.
advice-cannot-create = Записать не удалось: оператору узла стоит проверить диск.
advice-try-later = Тот же запрос может пройти позже: подождите, сколько говорит Retry-After, или несколько секунд.
advice-not-allowed = Войдите, возьмите токен с нужными правами или обратитесь к администратору организации.
advice-configuration = Оператору узла нужно изменить настройки или восстановить файлы.

## Pages for programs
api-title = API
api-version = Версия { $version }
api-for-programs = Для программ:
api-goes-wrong = Об ошибках сообщается с постоянным кодом:
api-open = Для того, что открыто всем, токен не нужен: это могут читать страницы любого сайта.
api-token = Токен передаётся в этом заголовке; куки не учитываются:
api-again = С этим заголовком POST можно безопасно повторять 24 часа:
api-further = Продолжение списка указано в этом поле или заголовке:
api-match = Изменение называет в этом заголовке состояние, которое меняет:
api-english = Операции и поля описаны по-английски.
api-parts = Разделы
api-schemas = Схемы
api-required = обязательно
api-body = Тело
api-answers = Ответы
api-parameters = Параметры
api-refuses = Отказывает
api-example = Пример
api-part-records = Подписанные записи любого вида: найти, прочитать, доказать, создать, заменить, стереть.
api-part-kinds = Что могут сообщать записи каждого вида.
api-part-organisations = Кто известен, кто признан и кто кого аккредитовал.
api-part-partners = Узлы, с которыми этот обменивается записями.
api-part-logs = Все хранимые здесь журналы (C2SP tlog-tiles) и ключи, которыми подписан собственный.
api-part-feeds = Новое — для программ, которые следят.
api-part-node = Состояние узла и уход за ним.
api-who-everybody = Для всех. С токеном сотрудников организации — и то, что могут читать они.
api-who-signed-in = Для тех, у кого здесь учётная запись; право read.
api-who-auditors = Для аудиторов, координаторов и администраторов организации; право read.
api-who-coordinators = Для координаторов и администраторов организации; право publish.
api-who-administrators = Для администраторов организации; право manage.
api-who-operator = Только на самой машине узла.
api-problems-title = Ошибки
api-problems-what = Об ошибке сообщает документ RFC 9457: код, который никогда не меняется, что произошло, что найдено, что допустимо и что делать дальше. Назовите его номер (instance) оператору узла: он есть в журнале.
