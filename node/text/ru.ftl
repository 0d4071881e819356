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

## Accounts
account = Учётная запись
sign-in = Войти
sign-out = Выйти

## Opportunities

## Organisations

## Network

## Logs and proofs

## Verify

## About
about-node = Это узел федеративной сети волонтёрских организаций.

## Coordinator: today

## Coordinator: records

## Coordinator: import

## Administrator: members

## Administrator: partners

## Administrator: accounts and settings

## Administrator: health

## Problems
