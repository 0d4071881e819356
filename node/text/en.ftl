# Interface texts in English. Keys are shared by kk.ftl and ru.ftl; tests/it/tidy.rs compares the three files.

## Dates and numbers
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
date = { $day } { $month } { $year }
moment = { $date }, { $time } UTC
hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }

## Frame
skip = Skip to the content
languages = Language
nav-main = Main menu
nav-more = More about this node
nav-staff = Your work
nav-opportunities = Opportunities
nav-organisations = Organisations
nav-network = Network
nav-verify = Verify
nav-about = About
nav-logs = Logs
nav-api = For programs
foot-signed = Every record here is signed by the organisation that made it, and anybody can check it.

## Words used everywhere

## Accounts
account = Account
sign-in = Sign in
sign-out = Sign out

## Opportunities

## Organisations

## Network

## Logs and proofs

## Verify

## About
about-node = This is a node of a federated network of volunteer organisations.

## Coordinator: today

## Coordinator: records

## Coordinator: import

## Administrator: members

## Administrator: partners

## Administrator: accounts and settings

## Administrator: health

## Problems
