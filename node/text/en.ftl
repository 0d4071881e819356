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
yes = Yes
no = No
all = All
cancel = Cancel
undo = Undo
next = Next page
look = Look
nothing = Nothing
before = Before
after = After
field = Field
value = Value
row = Row
row-n = Row { $n }
found = Found
reason = Why
who = Who
when = When
what = What
to-what = With what
from = From
until = Until
until-optional = Until (optional)
no-end = no end
roles = Roles
organisation = Organisation
crumbs = Where you are
crumb-record = Record
refused-title = That did not work
refused-code = If you ask for help, quote this code:
nav-today = Today
nav-records = Records
nav-import = Import
nav-partners = Partners
nav-accreditations = Accreditation
nav-health = Health of the node
nav-settings = Settings
nav-deeds = Who did what
done-published = Published.
done-closed = Closed: volunteers are no longer wanted.
done-closed-many =
    { $n ->
        [one] { $count } record closed.
       *[other] { $count } records closed.
    }
done-reverted = The earlier version is back.
done-erased = The record is erased. The organisations that held it will answer.
done-undone = Undone.
done-seen = Marked as seen.
done-discarded = The file was put away.
done-accepted = The invitation is accepted.
done-blocked = The organisation is blocked.
done-unblocked = The block is lifted.
done-removed = The partnership has ended.
done-accredited = The accreditation is given.
done-revoked = The accreditation is revoked.
done-trusted = The organisation is a root now.
done-distrusted = The organisation is no root any more.
done-verifying = The check has begun.
done-rebuilding = The index is being made again.
done-made = The link for the account is ready.
done-role = The role has changed.
done-sessions-ended = All sessions have ended.
done-account-removed = The account is removed.
done-hook-added = The webhook is added.
done-hook-removed = The webhook is removed.
done-hook-tested = A test message is on its way.

## Accounts
account = Account
sign-in = Sign in
sign-out = Sign out
account-field-name = Sign-in name
account-field-name-help = Letters, digits and . _ - @
account-field-shown = What people call you
account-field-password = Password
account-field-old-password = Current password
account-field-new-password = New password
account-field-password-help = At least 8 characters. A few words that you use nowhere else are easy to remember.
account-field-role = Role
account-field-language = Language
account-save = Save
sign-in-wrong = Name or password is wrong. Try again.
sign-in-limited =
    { $n ->
        [one] Too many wrong passwords. Try again in { $n } minute.
       *[other] Too many wrong passwords. Try again in { $n } minutes.
    }
sign-in-help = Forgot your password? Ask an administrator for a link that sets a new one.
password-short = The password is too short: it needs at least { $min } characters.
password-long = The password is too long.
password-guessed = This password is easily guessed. Choose another one.
name-taken = There is an account of this name already. Choose another one.
name-wrong = Only letters, digits and . _ - @ can stand here.
shown-wrong = Write 1 to 100 characters on one line here.
scopes-wrong = Choose at least one of what you may do yourself.
days-wrong = Choose how long from the list.
link-first = The first administrator
link-first-help = This node has no administrator yet. Choose how you will sign in; after that the link is no longer good.
link-invitation = You are invited to this node
link-invitation-help = Choose a password; after that the link is no longer good.
link-reset = A new password
link-reset-help = Choose a new password. All open sessions end.
link-do = Open the account
link-reset-do = Set the password
role-administrator = administrator
role-coordinator = coordinator
role-auditor = auditor
role-volunteer = volunteer
scope-read = Read records
scope-publish = Publish and change records
scope-manage = Look after the node
account-profile = About me
account-password = Change the password
account-password-do = Change the password
account-sessions = Sessions
account-sessions-help = The browsers in which you are signed in. Each session ends by itself after twelve hours.
session-unnamed = An unknown browser
session-this = This browser
session-since = Since
session-seen = Last seen
session-end = End the session
session-end-all = End all other sessions
account-tokens = Tokens for programs
account-tokens-help = With a token a program acts in your name. Keep it like a password.
token-none = There are no tokens for your role.
token-label = A label, such as the program's name
token-scopes = What it may do
token-days = For how long
token-make = Make a token
token-made = The new token
token-made-help = Copy it now: it is not shown a second time.
token-expires = Good until
token-used = Last used
token-never-used = never
token-revoke = Revoke the token
token-for-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
done-signed-out = You are signed out.
done-welcome = Welcome! Your account is ready.
done-profile = Saved.
done-password = The password is changed. Other sessions have ended.
done-session = The session has ended.
done-token = The token is revoked.

## Opportunities

## Organisations

## Network

## Logs and proofs

## Verify

## About
about-node = This is a node of a federated network of volunteer organisations.

## Coordinator: today
today-title = What needs you today
today-quiet = All is quiet today
today-quiet-what = Opportunities that end soon, records with faults and silent partners will show up here.
today-imports = Imports
today-rejected =
    { $n ->
        [one] { $count } row was refused
       *[other] { $count } rows were refused
    }
today-faulty = Records to put right
today-faulty-what = They are kept, but count in no report.
today-ending = Ending soon
today-ends = Last day: { $day }
today-review = Due for review
today-review-by = Review by { $day }
today-silent = Partners that are silent
today-silent-since = Last heard of: { $at }
today-silent-ever = Nothing heard since the node was started
today-refuses = Some of the exchange is refused
today-erasures = Waiting for receipts of erasures
today-unanswered =
    { $n ->
        [one] { $count } organisation has not answered yet
       *[other] { $count } organisations have not answered yet
    }
today-fresh =
    { $n ->
        [one] { $count } new opportunity from partners
       *[other] { $count } new opportunities from partners
    }
today-seen = Mark as seen
today-more = and { $count } more

## Coordinator: records
records-title = Our records
records-new = New record
records-new-opportunity = New opportunity
records-words = Words in the title
records-kind = Kind
records-status = Status
records-show = Show
records-none = No such records
records-empty = There are no records yet
records-tick = Choose
records-name = Title
records-changed = Changed
records-faulty = Needs mending
records-close = Close the chosen ones
record-edit = Edit
record-copy = Copy
record-close = Close
record-add-session = Add a session
record-erase = Erase
record-erased = An erased record
record-says = What it says
record-history = History
record-version = Version { $n }
record-current = current
record-same = The content did not change.
record-differences =
    { $n ->
        [one] { $count } field changed
       *[other] { $count } fields changed
    }
record-revert = Go back to version { $n }
record-conflict = Two records claim one version, so neither counts. Edit it and publish it again.
record-erasures = Erasure
erasure-answered = Destroyed
erasure-silent = No answer
readers-public = Everybody can read this.
readers-network = The organisations of the network can read this.
readers-own = Only our organisation can read this.
readers-listed = Only we and these organisations can read this: { $names }.
choose-public = Everybody will be able to read this, in every country.
choose-network = Only the organisations of the network will be able to read this.
choose-listed = Only we and the organisations ticked below will be able to read this.
form-new = New: { $kind }
form-edit = Edit: { $kind }
form-required = required
form-more =
    { $n ->
        [one] { $count } more field
       *[other] { $count } more fields
    }
form-add = Add another: { $what }
form-remove = Remove: { $what }
form-add-language = Add a language
form-language = Tag of the language ({ $what })
form-readers = Who will be able to read it
form-readers-wider = Who could read it can read its later versions too: the circle can only grow.
form-listed = Choose organisations
form-before = Once published, the record is signed by our organisation, goes into the log and reaches partners at once. It can be changed later, and its history stays.
form-publish = Publish
form-faults =
    { $n ->
        [one] { $count } thing has to be put right. What you wrote is kept.
       *[other] { $count } things have to be put right. What you wrote is kept.
    }
fault-missing = This has to be filled in.
fault-line = One line of at most { $max } characters.
fault-text = Text of at most { $max } characters.
fault-code = A code of { $list } is needed, such as { $example }.
fault-integer = A whole number from { $min } to { $max }.
fault-decimal = A number from { $min } to { $max } with at most { $places } digits after the point.
fault-date = A day: year-month-day, such as 2026-12-31.
fault-time = A time: hours:minutes, such as 09:00.
fault-moment = A day and a time, such as 2026-12-31T09:00:00.
fault-url = An address that begins with https://.
fault-uri = A whole address or name, such as https://…
fault-record = Choose from the list, or paste a record's id (urn:uuid:…).
fault-organisation = Choose from the list, or paste an organisation's id (urn:erikti:org:…).
fault-choice = Choose from the list.
fault-other = Expected: { $allowed }
fault-too-many = At most { $max }.
fault-language = A language tag is needed, such as fr or zh-Hant.
fault-not-before = Not before { $value }.
fault-at-most = At most { $value }.
fault-region = A region of { $value } is needed.
fault-coordinates = Give both coordinates or neither.
fault-narrower = Nobody who could read it can be shut out. Erase it and make a new one.
fault-nobody = Choose who will be able to read it.
conflict-title = Somebody changed this record meanwhile
conflict-what = Nothing is lost, and nothing was published. Choose what to keep for each field.
conflict-apart = You changed other fields: both changes will stay.
conflict-mine = Mine
conflict-theirs = What is published now
conflict-publish = Publish what I chose
conflict-drop = Drop my changes
erase-title = Erase a record
erase-versions =
    { $n ->
        [one] Its { $count } version is destroyed.
       *[other] All its { $count } versions are destroyed.
    }
erase-holders = Every organisation that holds it destroys it and sends us a receipt; who has not answered is shown.
erase-closed = Its id is closed: not even an import brings it back.
erase-final = This cannot be undone. If it should only stop, close it instead.
erase-reason = Reason
erase-reason-help = The reason stays in the log for ever, as a code; no other words are written.
erase-type = Type the title to confirm
erase-wrong-reason = Choose a reason.
erase-wrong-title = What was typed is not the title.
erase-do = Erase for good

## Coordinator: import
import-title = Import a file
import-what = Bring a table or a file of data. First you see what would come of it, then you confirm, and for a day you can undo it.
import-file = File
import-file-help = CSV (UTF-8), or a file of the Volunteering Data Standard (JSON-LD).
import-paste = Or paste a table
import-text = The table's text, names in its first row
import-more = More
import-format = What the file is
import-format-guess = Find out
import-map = Mapping file (TOML)
import-map-help = Without one you choose the columns on the next page.
import-bring = Look at the file
import-list = Earlier imports
import-none = Nothing has been imported yet.
import-name = File
import-outcome = Outcome
import-state = State
import-bulk = Several records closed
import-by-program = By a program
import-new = { $count } new
import-changed = { $count } changed
import-rejected = { $count } refused
import-staged = Being looked at: nothing was changed
import-running = Importing
import-done = Imported
import-undoing = Being undone
import-undone = Undone
import-interrupted = Interrupted
import-undo = Undo this import
import-undo-until = can be undone until { $at }
import-continue = Continue
import-rejected-title = Rows that are refused
interrupted-what = The node stopped in the middle. What was done is done, the rest is not. It can be continued or undone.
progress = Progress
progress-what = You can close this page: the work goes on. The page refreshes itself.
progress-rate = { $count } per second
progress-look = Refresh now
undone-restored =
    { $n ->
        [one] { $count } record is as it was before
       *[other] { $count } records are as they were before
    }
undone-kept =
    { $n ->
        [one] { $count } record was changed since by somebody and stays.
       *[other] { $count } records were changed since by somebody and stay.
    }
done-new = new records
done-changed = changed records
done-rejected = rows refused
columns-title = What are the columns?
columns-what = These are guesses. Check them and correct what is wrong: columns without a field are left out.
columns-source = Short name of the table
columns-source-help = Write it the same next time: then records are updated, not repeated.
columns-id = Column with each row's own number
columns-id-help = It must differ in every row, and never change.
columns-found =
    { $n ->
        [one] { $count } column found
       *[other] { $count } columns found
    }
columns-column = Column
columns-samples = Samples
columns-becomes = Becomes
columns-becomes-of = What the column { $column } becomes
columns-written = Written as
columns-written-of = How the column { $column } is written
columns-nothing = — leave out —
columns-plain = As it stands
columns-constants = The same in every row
columns-constants-help = For instance the country, when it is the same for all.
columns-preview = See what would come of it
preview-title = What would come of it
preview-what = Nothing has been changed yet.
preview-read = rows read
preview-new = would be new
preview-changed = would change
preview-unchanged = unchanged
preview-rejected = would be refused
preview-readers = Everybody will be able to read the imported records.
preview-undo = It can be undone for 24 hours: new records become “cancelled”, changed ones are as they were.
preview-erases = Such records have no “cancelled”: undoing erases them for good.
preview-confirm =
    { $n ->
        [one] Publish { $count } record
       *[other] Publish { $count } records
    }
preview-columns = Change the columns
preview-ignored = Columns that are left out
preview-first = The first ones as they will be
preview-is-new = new
preview-is-changed = changes

## Administrator: members

## Administrator: partners
partners-title = Partners
partners-stopped = The node does not listen, so nobody could accept an invitation.
partners-list = Present partners
partners-none = There are no partners yet. Invite one, or accept an invitation.
partner-heard = last heard of: { $at }
partner-current = Connected, up to date
partner-current-do = There is nothing to do.
partner-behind =
    { $n ->
        [one] Connected, { $count } entry is still to come
       *[other] Connected, { $count } entries are still to come
    }
partner-behind-do = It catches up by itself. If that is so an hour from now, call them.
partner-apart = Not connected now
partner-apart-do = The node keeps trying by itself.
partner-silent = Silent for more than a day
partner-silent-do = Call them: does their node run, has its address changed?
partner-pending = Accepted, but they have not been told yet
partner-pending-do = They are told as soon as their node answers. If the link expires first, ask for a new one.
partner-blocked = Blocked
partner-blocked-do = Nothing is exchanged. The block can be lifted below.
partner-unknown = Nothing is known yet
partner-unknown-do = It will be known once the node runs.
partner-reason = Reason
partner-role = Role for us
partner-since = Partner since
partner-contact = Last heard of
partner-lag = Entries still to come
partner-refusals = Refusals
partner-fault = The last fault
partner-addresses = Addresses
partner-page = The organisation's page
partner-block = Block
partner-unblock = Lift the block
partner-remove = End the partnership
block-what = The exchange with this organisation ends within five seconds. What came stays, but does not count. It can be lifted at any time.
block-reason = Reason (for our own people)
unblock-what = The exchange begins again.
remove-what = It is a partner no longer; what was exchanged stays. To begin again a new invitation is needed.
blocked-title = Others that are blocked
invite-title = Invite an organisation
invite-what = You get a link that works once. Send it to one person, by a way you trust.
invite-role = What they will be for us
invite-hours = Hours it is good for
invite-do = Make an invitation
invite-open =
    { $n ->
        [one] { $count } invitation is still open
       *[other] { $count } invitations are still open
    }
accept-title = Accept an invitation
accept-what = Paste the link you were sent. You see who invites before anything is accepted.
accept-link = Link of the invitation
accept-look = See who invites
invitation-title = The invitation is ready
invitation-send = Send the link, or show the code. It is shown only now.
invitation-role = Role
invitation-until = good until { $at }
invitation-code = The link as a QR code
invitation-partners = You are partners now. Records are on their way.
invitation-later = Accepted. They are told as soon as their node can be reached.
invited-title = You are invited
invited-by = Who invites
invited-role = What you will be for them
invited-expires = Good until
invited-known = This organisation is a partner already. Accepting renews its address.
invited-blocked = This organisation is blocked. Accepting lifts the block.
invited-what = If you accept, the two nodes begin to exchange records.
invited-accept = Accept
words-title = Six words
words-what = The other side sees the same words. Read them out on the phone: if they are equal, nobody changed the link.
refusal-busy = Asked to wait: busy
refusal-not-found = What was asked for was not there
refusal-not-allowed = Not allowed
refusal-bad-request = A request was not understood
refusal-other-network = A node of another network
refusal-version = Versions of the program do not agree
refusal-conflict = A log contradicts itself
refusal-used = The invitation was used already
refusal-expired = The invitation has expired
refusal-unknown = The invitation is not known
refusal-blamed = It sent something false
accreditations-title = Who vouches for whom
accreditations-what = An accreditation gives an organisation a role in the network. It is a signed public record that anybody can check.
given-title = Given by us
given-none = We have not accredited anybody yet.
received-title = Given to us
received-none = Nobody has accredited us yet.
is-given = in force
is-revoked = revoked
give-title = Give an accreditation
give-nobody = No other organisation is known yet.
give-roles = What the organisation may do in the network.
give-do = Give it
revoke = Revoke
revoke-title = Revoke an accreditation
revoke-new = What they publish from now on counts no more.
revoke-old =
    { $n ->
        [one] The { $count } entry that is here goes on counting.
       *[other] The { $count } entries that are here go on counting.
    }
revoke-below = Those whom they accredited lose their standing too, unless somebody else vouches for them.
revoke-public = The revocation stays in the log as a public record. It can be given again.
revoke-do = Revoke it
roots-title = Roots
roots-what = The word of these organisations counts here: whom they accredit, and so on down the chain, belongs to the network.
roots-none = There are no roots yet.
root-by-settings = stands in the settings
roots-add = Add a root
trust = Trust
distrust = Trust no longer

## Administrator: accounts and settings
settings-what = The node reads its settings when it starts. There are no secrets here.
settings-change = To change one, edit the file or set the variable, check, and start the node again. The variable wins over the file.
setting = Setting
setting-from = Where it comes from
setting-from-file = the file
setting-from-environment = the environment
setting-from-flag = the command line
setting-from-default = the default
setting-network = The network this node belongs to. It cannot be changed after the first start.
setting-name = The organisation's name, as people read it.
setting-country = The organisation's country, two letters.
setting-listen = Where to listen for other nodes.
setting-announce = Under which addresses others reach this node, when they differ.
setting-http-listen = Where to listen for browsers and programs.
setting-http-public-url = The address of the node for the world, when a proxy stands before it.
setting-http-trusted-proxies = Proxies whose word on who asks is taken.
setting-http-metrics-listen = Where figures for Prometheus are served.
setting-trust-roots = Organisations whose word counts.
setting-limits-connections = Connections with other nodes at a time.
setting-limits-memory-mib = Memory in MiB above which new connections are refused.
deeds-what = Only the people of this node see this; it is in no log.
deeds-none = Nothing yet.
deed-record-create = made a record
deed-record-supersede = changed a record
deed-record-erase = erased a record
deed-record-close-many = closed several records
deed-import-run = imported
deed-import-undo = undid an import
deed-peer-invite = made an invitation
deed-peer-accept = accepted an invitation
deed-peer-join = a partner joined
deed-peer-block = blocked
deed-peer-unblock = lifted a block
deed-peer-remove = ended a partnership
deed-organisation-trust = added a root
deed-organisation-distrust = removed a root
deed-organisation-announce = announced addresses
deed-accreditation-give = gave an accreditation
deed-accreditation-revoke = revoked an accreditation
deed-store-rebuild = made the index again
deed-store-verify = checked the store

## Administrator: health
health-good = All is well.
health-some = Something needs attention.
health-checks = Checks
health-is-good = good
health-is-bad = needs you
health-logs = Logs
health-entries = Entries
health-indexed = Indexed
health-audited = Audited
health-index-size = The index takes { $mib } MiB of the disk.
health-do = What can be done
health-verify = Check the store
health-verify-what = Reads everything back from the disk and checks signatures and roots. It changes nothing.
health-rebuild = Make the index again
health-rebuild-what = Helps when search is incomplete. It is made from the logs; nothing is lost, but lists may be empty for a moment.
health-working = working…
health-worked = done, { $n } records
check-running = The node runs
check-running-bad = The node is stopped. Start it.
check-recovery = Recovery file
check-recovery-bad = It is still in the data folder. Lock it away where no thief of this machine finds it.
check-disk = Space on the disk
check-disk-bad = Little is left. Free some, or add some.
check-partners = Partners
check-partners-bad = There is no partner, so nothing is exchanged. Invite one.
check-roots = Roots
check-roots-bad = Nobody accredits the partners. Make an organisation that you trust a root.
check-store = Store
check-store-bad = The store needs attention.
check-partner = Partner: { $name }
check-partner-bad = Silent for too long. Call them.
check-log = Log: { $name }
check-log-bad = Something is wrong with this log. Do what stands below.
check-other-bad = Do what stands below.

## Problems
refusal-link = This link is not good any more
refusal-link-next = It works once and for a limited time. Ask whoever sent it to you for a new one.
refusal-form = This form could not be accepted
refusal-form-next = The page may have been open for too long. Go back, load it again and send the form once more. Nothing was changed.
refusal-many = Too many requests
refusal-many-next = Wait a few minutes and try again.
refusal-not-allowed = You may not do this
refusal-not-allowed-next = Sign in with another account, or ask an administrator of this node.
refusal-nowhere = There is no such page
refusal-nowhere-next = Was the address copied whole? Try from the first page.
refusal-gone = This is gone
refusal-gone-next = It was removed, or its time is over.
refusal-request-next = Go back and try once more.
refusal-busy = The node is busy at this moment
refusal-busy-next = Try again in a few seconds.
refusal-fault = Something went wrong at this node
refusal-fault-next = Try again. If it happens again, tell an administrator the number of the request below.
refusal-more = Details
refusal-code = Code
refusal-detail = What happened
refusal-number = Request
refusal-request = This request could not be understood
