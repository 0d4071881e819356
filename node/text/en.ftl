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
demonstration = This is a demonstration: organisations and their work are invented.
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
any = Any
search = Search
place = Place
country = Country
countries = Countries
country-unknown = Country not stated
partner = Partner
state = State
details = More details
files = Files
key = Key
pages = Pages
page-next = Next page
page-previous = Previous page
page-first = First page
unit-years =
    { $n ->
        [one] { $count } year
       *[other] { $count } years
    }
unit-a = years
unit-deg = degrees
unit-min = minutes
unit-minutes =
    { $n ->
        [one] { $count } minute
       *[other] { $count } minutes
    }
dates-both = { $from } – { $until }
dates-from = from { $from }
dates-until = until { $until }
untitled = Without a title
map-borders = Borders are drawn as in the public Natural Earth data and state no opinion.
map-place = The place on a map
map-not-drawn = too small for the map
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
opportunities = Opportunities to volunteer
opportunities-lead = Find something to do near you or from home. No account is needed.
opportunities-search = Search for opportunities
opportunities-found =
    { $n ->
        [one] { $count } opportunity
       *[other] { $count } opportunities
    }
opportunities-loosened = Nothing has all of these words. Here is what has some of them.
opportunities-incomplete = The search is still catching up, so something may be missing. Look again in a minute.
opportunities-none = Nothing was found.
opportunities-none-filters = Use fewer words or remove a filter.
opportunities-none-yet = No organisation has published anything here yet. As soon as one does, it appears on this page.
opportunities-none-network = See who takes part
opportunities-map = Opportunities on a map
map-says =
    { $n ->
        [one] { $count } spot with opportunities; the table has the same numbers.
       *[other] { $count } spots with opportunities; the table has the same numbers.
    }
map-table = The same in numbers
map-around = Where (latitude, longitude)
view-list = List
view-map = Map
filter-words = What are you looking for?
filter-place = Town or region
filter-country = Country
filter-language = Language
filter-remote = From home
remote-only = Possible from home
remote-never = Only on the spot
filter-from = Not over before
filter-until = Begins by
filter-sector = Field of work
filter-sdg = Sustainable Development Goal
filter-near = Near a point
filter-near-help = Latitude and longitude, such as 43.25, 76.95.
filter-radius = Distance, km
filter-organisation = Organisation
filter-status = State
status-any = any
filters-more = More filters
filters-apply = Show
filters-on = Filters that are on
filter-remove = Remove the filter
filters-clear = Clear all
filters-refused = These filters could not be used, so they were left out:
sort = Order
sort-relevance = Best match
sort-new = Newest first
sort-start = Soonest first
sort-near = Nearest first
badge-priority = Urgent
badge-remote = Possible from home
badge-emergency = Emergency
take-part = Take part
apply = Apply
ask = Ask a question
apply-outside = Leads to the organisation’s own site.
apply-none = The organisation gives no address for applying. Look at its page for other ways to reach it.
schedule = Days and hours
place-more = More about the place
sessions = Coming sessions
places-left = Places left
sessions-more =
    { $n ->
        [one] and { $count } more session
       *[other] and { $count } more sessions
    }
proof-how = How you know it is true
proof-signed-by = Signed by
proof-version = Changed since: this is version { $version }.
proof-check = Check the proof
record-all = Everything the record says

## Organisations
organisations-lead = Who this node knows, and who has let them in.
organisations-standing = organisations with standing
organisations-countries = countries
organisations-search = Name or country
organisations-found =
    { $n ->
        [one] { $count } organisation
       *[other] { $count } organisations
    }
organisations-none = No organisation has such a name.
organisations-all = Show all
organisation-own = this node
standing = Standing
standing-root = Trusted directly
standing-accredited = Accredited
standing-partner = Partner of this node
standing-former = No longer accredited
standing-none = Not accredited
standing-none-short = not accredited
standing-how = How it came to belong
standing-means =
    { $standing ->
        [standing-root] The operator of this node trusts this organisation directly. Whoever it accredits belongs too.
        [standing-accredited] A chain of accreditations leads to it from an organisation that this node trusts.
        [standing-partner] The operator of this node has accepted it as a partner. Other nodes decide for themselves.
        [standing-former] It was accredited once. What it wrote then may still count; what is new does not.
       *[other] Nobody whom this node trusts has accredited it. What it writes is shown and counts in no report.
    }
chain-root = Trusted by this node
chain-accredited = Accredited by the one above
chain-accreditation = Its accreditation of the next one
organisation-no-opportunities = It offers nothing at the moment.
organisation-all-opportunities = All its opportunities
organisation-card = About the organisation
organisation-id = Its name in the network

## Network
network-lead = Organisations that exchange signed records. Nobody owns the network, and each one keeps its own node.
network-entries = records in their logs
network-map = Member countries on a map of the world
network-map-says =
    { $n ->
        [one] { $count } country is hatched; the table lists it.
       *[other] { $count } countries are hatched; the table lists them.
    }
network-map-key = Hatched: countries with a member. Lines: who has accredited whom across a border.
network-let-in = Accredited by
network-more =
    { $n ->
        [one] and { $count } more organisation
       *[other] and { $count } more organisations
    }
network-logs = See the logs of all organisations
network-health = How the exchange goes (only staff see this)
network-health-none = This node has no partners yet.
health-connected = Connected
health-away = Not connected
health-invited = Invited, not yet seen
health-silent = Silent for too long
health-lag = Entries behind
health-last = Last heard of
health-refusals = Refusals

## Logs and proofs
logs-lead = Each organisation writes a log that can only grow. Whoever has seen it once notices if anything in it is changed.
logs-none-here = This node keeps none of its logs yet.
log = Log
log-of = Log of { $name }
log-whose = About the organisation
log-entries =
    { $n ->
        [one] { $count } entry
       *[other] { $count } entries
    }
log-entry = Entry { $index }
log-size = Entries in the log
log-name = Name of the log
log-frozen = This log contradicts itself, so this node takes nothing more from it. The organisation must open a new one.
log-frozen-short = Contradicts itself
log-checkpoint = Checkpoint
log-checkpoint-means = A signed line that says how long the log is and what everything in it adds up to. Two checkpoints that disagree would give a cheat away.
log-read = Read it with other software
log-read-means = The log is served as C2SP tlog-tiles. Any program for such logs can follow it and check it without this node’s help.
log-tiles = Tiles
log-tile-entries = Entries in tiles
entries = Entries
entry = Entry
entry-what = What
entry-class = Class
entry-when = Signed
entry-control = control
entry-record = record
entry-not-public = Not public: only that it exists is known here
entry-erased = Erased by its organisation
entries-newer = Newer entries
entries-older = Older entries
kind-unknown = This node does not know this kind of record, so it shows what stands there without explaining it.
record-whose = Who says so
record-as-opportunity = See it as volunteers do
version-disputed = Two different records claim to be the newest version. Until the organisation publishes another one, this older version counts.
record-malformed = Some of what this record says is not in the form it should have, so it counts in no report.
record-not-audited = This node has not yet checked this record’s signature. That happens in the background.
readers = Who may read it
may-read-public = Everybody
may-read-network = Organisations of the network
may-read-listed =
    { $n ->
        [one] { $count } organisation that it names
       *[other] { $count } organisations that it names
    }
versions = Versions
version = Version
version-from = Valid from
version-here = shown here
version-current = Counts
version-old = Replaced
version-erased = Erased
version-bad = Does not hold
version-absent = Not held here
version-shown-old = You are looking at an older version.
version-newest = Show the newest
deeds = Who did what here (only staff see this)
deed-when = When
deed-who = Who
deed-what = What
file-record = The record, exactly as signed
file-record-help = Any software for W3C Verifiable Credentials can check its signature.
file-bundle = Bundle for offline checks
file-bundle-help = The record with all its proofs in one file. Paste it under “Verify”.
file-proof = Proof that it is logged
file-proof-help = C2SP tlog-proof, a text of a few lines.
erased = This was erased
erased-lead = Its organisation ordered this record to be destroyed, at every node that held it.
erased-what = What it said is gone. What remains is a number in a log that tells nothing about it.
erased-by = Erased by
erased-when = When
erased-why = Why
erased-receipts = Confirmed that they destroyed it
erased-unanswered = Have not answered yet
disputed = Two records claim the same version
disputed-lead = Neither of them counts until the organisation publishes a higher version.
proof = Proof
proof-lead = This node has just checked each of these steps. You can check them yourself, without trusting this node.
proof-holds = The proof holds
proof-holds-means = The record is exactly as it was signed, it stands in the log, and the key belonged to
proof-fails = The proof does not hold
proof-fails-means = Do not rely on this record. The step that failed is marked below.
holds = holds
holds-not = does not hold
proof-signature = Signature
proof-signature-means = The key signed exactly these bytes. One changed letter would break the signature.
proof-logged = Logged
proof-logged-means = The record is one of { $size } entries of a log that can only grow, so it cannot disappear or be back-dated unnoticed.
proof-path = Hashes up to the root
root-hash = Root
proof-checkpoint = Checkpoint
proof-checkpoint-means = The node that keeps the log has signed its size and its root. It cannot later show somebody else another log without leaving a proof of that.
proof-cosigned =
    { $n ->
        [one] Seen by { $count } witness
       *[other] Seen by { $count } witnesses
    }
proof-cosigned-means = These organisations have signed that they saw the same log.
proof-cosigned-nobody = No witness yet
proof-cosigned-none = This node holds no other organisation’s signature under the newest checkpoint. The proof holds without one; witnesses make it easier to notice a log that is shown differently to different people.
proof-key = Key
proof-key-means = Where the record stands in the log, this key was in force for
proof-standing = Standing today
proof-standing-means = From an organisation that this node trusts, each one accredited the next:
proof-standing-none = No chain of accreditations leads to this organisation from one that this node trusts.
proof-numbers = The numbers
proof-created = Signed, as it says
proof-not = What this does not prove
proof-not-means = Not that what the record says is true, only who says so and that it was not changed. The time is what the organisation claims.
proof-yourself = Check it yourself
proof-yourself-means = The bundle holds everything above in one file. It can be checked on any other node, or without internet with the command “erikti verify”.

## Verify
verify = Verify
verify-lead = Show a certificate or another record. You learn who issued it, whether they were entitled to, and whether it still counts.
verify-text = Paste it here
verify-text-help = The whole text of a record, a bundle, or an Open Badge in JSON.
verify-file = Or choose a file
verify-file-help = At most { $kib } KiB. You can drop it here.
verify-id = Or give its id
verify-id-help = Such as urn:uuid: and 36 characters, for a record that this node holds.
verify-do = Verify
verify-another = Verify another one
verify-how = How this works
verify-how-1 = Everything is checked on this node. Nothing is sent anywhere, nobody is asked, and what you paste is not kept.
verify-how-2 = So a record of an organisation that this node does not know can only be called signed, not believed.
verdict-good = Genuine and in force
verdict-doubtful = Look closer
verdict-bad = Do not rely on it
verdict-unknown = Cannot be checked here
verdict-what = What
verdict-kind = Kind
verdict-issuer = Issued by
verdict-issuer-says = Says to be from
verdict-id = Id
verdict-steps = What was checked
verdict-because = Exactly why
finding-good = In order
finding-doubtful = To be looked at
finding-bad = Wrong
verify-refused-unknown = This node holds no record with this id.
verify-refused-erased = The record with this id was erased by its organisation.
verify-refused-form = This is neither a record nor an id, or it is too large. Paste the whole text of one.
verify-form-json = This is not readable as a record: part of it is missing or was changed.
verify-form-record = This looks like data, but it is not a record of this network or a credential of another one.
verify-signature-good = The signature is genuine: nothing was changed since it was signed.
verify-signature-bad = The signature does not fit: the text was changed after it was signed, or it was never signed like this.
verify-malformed = Some of its fields are not in the form they should have.
verify-issuer-unknown = It says to be from { $name }, but this node does not know the key that signed it.
verify-issuer-known = It was issued by { $name }.
verify-issuer-proved = The bundle proves that it was issued by { $name }.
verify-issuer-foreign = It says to be from { $name }. Whether the key is theirs is not known on this node.
verify-key-not-in-force = The key that signed it was not in force for this organisation at that time.
verify-logged = It stands in the organisation’s log as entry { $index } ({ $origin }).
verify-logged-proved = The bundle proves that it is entry { $index } of { $size } in the log { $origin }.
verify-log-missing = This node does not find it in the log of { $name }. It may be too new, or not public.
verify-current = It is the newest version.
verify-superseded = This is version { $version }. The organisation has replaced it with version { $newest }.
verify-conflict = Two records claim this version, so neither counts yet.
verify-revoked = It says that something was revoked.
verify-erased = The organisation has erased it. It counts no longer.
verify-standing-root = This node trusts { $name } directly.
verify-standing-accredited = { $name } is accredited by { $by }.
verify-standing-partner = { $name } is a partner of this node.
verify-standing-former = { $name } is no longer accredited, but was when this was written.
verify-standing-none = Nobody whom this node trusts has accredited { $name }.
verify-standing-role = { $name } belongs to the network, but does not hold the role this takes: { $role }.
verify-standing-unaccredited = Its organisation stands, but is not shown to hold the role this takes.
verify-standing-unknown = The bundle shows no accreditation by anybody whom this node trusts.
verify-valid-until = It is valid until { $until }.
verify-expired = It expired: it was valid until { $until }.
verify-not-yet = It is not valid before { $from }.
verify-bundle-form = The bundle was changed or cut off: it is not written as it must be.
verify-bundle-proof = One of the bundle’s proofs does not hold.
verify-foreign-unsigned = This credential carries no signature, so anybody could have written it.
verify-foreign-unreadable = It is signed in a way that this node cannot check ({ $suite }). That says nothing for or against it.
verify-foreign-status = Its issuer keeps a list of revoked credentials elsewhere. This node does not ask there, so look it up yourself.

## About
about-node = This is a node of Erikti, a network of volunteer organisations that trust signatures instead of a centre.
about-network = Each organisation runs a node of its own and publishes signed records: opportunities, hours, certificates. Nodes pass them on to each other, and everybody can check who wrote what.
about-volunteer = Erikti (ерікті) is Kazakh for volunteer: one who acts of their own free will.
about-trust = Whom this node trusts
about-trust-means = The operator chose these organisations. Whoever they accredit has standing here too.
about-privacy = Your privacy
about-privacy-1 = You need no account to look around, search or verify.
about-privacy-2 = There are no trackers and nothing is loaded from elsewhere. One cookie keeps your language; signing in sets another.
about-privacy-3 = Records about people carry a random number instead of a name, and only organisations that need them can read them.
about-privacy-4 = An organisation can erase what it published about you, at every node. Ask the organisation that wrote it.
about-open = For programs
about-api = Interface for programs (API)
about-feed-opportunities = Feed of opportunities (OpenActive RPDE)
about-feed-sessions = Feed of sessions (OpenActive RPDE)
about-logs = Logs (C2SP tlog-tiles)
about-this = About this node
about-network-name = Network
about-log = Its log
about-version = Software

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
records-csv = Download as CSV: { $kind }
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
import-own-table = A table that was downloaded from the list of records may be changed in a spreadsheet and brought back: only rows that you changed become new versions.
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
nav-members = People
members-title = Who may sign in
members-what = Everybody has an account of their own: the history shows who did what.
members-invited = Invited, not yet here
member-name = Name
member-role = Role
member-role-of = Role of { $name }
member-seen = Last seen
member-do = Actions
member-more = More
member-you = you
member-set-role = Change
member-sessions =
    { $n ->
        [one] { $count } session
       *[other] { $count } sessions
    }
member-tokens =
    { $n ->
        [one] { $count } token
       *[other] { $count } tokens
    }
member-reset = Link for a new password
member-end-sessions = End all sessions
member-remove = Remove the account
member-invite = Invite somebody
member-invite-what = You get a link that works once, with which they choose their own password.
member-invite-do = Make the link
member-sign-in-name = Name to sign in with
member-shown = Name that others see
member-roles-what = What each role may do
member-administrator = Administrator
member-coordinator = Coordinator
member-auditor = Auditor
member-volunteer = Volunteer
member-administrator-may = Everything, people and settings included.
member-coordinator-may = Makes, changes and imports records.
member-auditor-may = Reads everything and changes nothing.
member-volunteer-may = Reads what everybody reads, and keeps their own account.
member-link = Link
member-link-title = The link is ready
member-link-what = Send it to that person alone: it works once, and is shown only now.
deed-account-invite = invited somebody
deed-account-role = changed a role
deed-account-reset = made a link for a new password
deed-account-remove = removed an account
deed-account-sessions-end = ended sessions

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
peer-refusal-busy = Asked to wait: busy
peer-refusal-not-found = What was asked for was not there
peer-refusal-not-allowed = Not allowed
peer-refusal-bad-request = A request was not understood
peer-refusal-other-network = A node of another network
peer-refusal-version = Versions of the program do not agree
peer-refusal-conflict = A log contradicts itself
peer-refusal-used = The invitation was used already
peer-refusal-expired = The invitation has expired
peer-refusal-unknown = The invitation is not known
peer-refusal-blamed = It sent something false
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
setting-http-feed-license = Licence under which others may use the public feeds.
setting-trust-roots = Organisations whose word counts.
setting-limits-connections = Connections with other nodes at a time.
setting-limits-memory-mib = Memory in MiB above which new connections are refused.
setting-limits-requests-per-minute = Requests of one address in a minute, of somebody who is not signed in. Five minutes’ worth may come at once; accounts have ten times as many, feeds and logs twenty times.
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
deed-account-link = followed a link to an account
deed-account-password = changed their password
deed-account-profile = changed their name
deed-account-session-end = ended a session
deed-account-token = made a token
deed-account-token-revoke = revoked a token
who-operator = operator, at the machine
who-node = the node itself
nav-hooks = Webhooks
hooks-what = Other programs are told of every change, of public records only.
hooks-secret = The secret is shown only now: copy it into the program that is told.
hooks-none = There are no webhooks yet.
hooks-all = every kind of record
hooks-waiting =
    { $n ->
        [one] { $count } message waits
       *[other] { $count } messages wait
    }
hooks-add = Add a webhook
hooks-url = Address to tell
hooks-kinds = Only some kinds
hooks-loopback = The address is on this machine
hooks-test = Test it
hooks-remove = Remove the webhook
hooks-log = Last deliveries
hooks-no-tries = Nothing was sent yet.
hooks-outcome = Outcome
hooks-taken = taken
hooks-failed = not taken
hooks-again = Send again
deed-hook-add = added a webhook
deed-hook-remove = removed a webhook
deed-hook-redeliver = sent a delivery again

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
problem-home = To the first page
refusal-link = This link is not good any more
refusal-link-next = It works once and for a limited time. Ask whoever sent it to you for a new one.
refusal-form = This form could not be accepted
refusal-form-next = The page may have been open for too long. Go back, load it again and send the form once more. Nothing was changed.
refusal-many = Too many requests
refusal-many-next = Wait a few minutes and try again.
refusal-forbidden = You may not do this
refusal-forbidden-next = Sign in with another account, or ask an administrator of this node.
refusal-nowhere = There is no such page
refusal-nowhere-next = Was the address copied whole? Try from the first page.
refusal-gone = This is gone
refusal-gone-next = It was removed, or its time is over.
refusal-request-next = Go back and try once more.
refusal-later = The node is busy at this moment
refusal-later-next = Try again in a few seconds.
refusal-fault = Something went wrong at this node
refusal-fault-next = Try again. If it happens again, tell an administrator the number of the request below.
refusal-more = Details
refusal-code = Code
refusal-detail = What happened
refusal-number = Request
refusal-request = This request could not be understood

## Codes of problems: what each means, and what whoever meets it should do
problem-usage = The request is written wrongly
problem-usage-route = There is no such address
problem-usage-method = This address does not take such a request
problem-usage-slow = The request came too slowly
problem-usage-size = The request is too large
problem-usage-media-type = The request's body is of another kind
problem-host-foreign = The request is for another host
problem-form-foreign = The form does not come from a page of this node
problem-limit-requests = Too many requests
problem-limit-signin = Too many wrong passwords
problem-signin-needed = This is for those who are signed in
problem-signin-refused = Name or password is wrong
problem-password-weak = This password would be guessed
problem-account-unknown = There is no such account
problem-account-exists = There is such an account already
problem-session-unknown = There is no such session
problem-token-unknown = There is no such token
problem-token-invalid = The token is not good, or not any more
problem-link-unknown = The link is not known here
problem-link-gone = The link was used or has expired
problem-config-invalid = The configuration is wrong
problem-data-missing = The data folder is not initialised
problem-data-exists = The data folder is already in use
problem-data-locked = Another process uses the data folder
problem-data-version = The data folder was written by another version
problem-keys-exposed = A key can be read by others
problem-keys-invalid = A key file is not what it must be
problem-file-unreadable = A file cannot be read
problem-file-unwritable = A file cannot be written
problem-record-malformed = The record is not what its kind asks for
problem-record-unknown = No such record is held here
problem-record-conflict = The record has changed meanwhile
problem-record-erased = The record was erased
problem-record-not-own = The record belongs to another organisation
problem-kind-unknown = No such kind of record
problem-import-invalid = The file cannot be imported
problem-import-mapping = The mapping does not fit the file
problem-import-unknown = No such import is remembered here
problem-import-unreachable = The feed cannot be read
problem-organisation-unknown = No such organisation is known here
problem-peer-unknown = No such partner
problem-peer-unreachable = The other node cannot be reached
problem-invitation-altered = The invitation was changed on its way
problem-invitation-expired = The invitation has expired
problem-invitation-used = The invitation was already used
problem-invitation-unknown = The other node does not know this invitation
problem-invitation-invalid = This is no invitation to this network
problem-log-unknown = No such log is kept here
problem-store-damaged = The store is damaged
problem-search-unready = The search is being made anew
problem-store-stopped = The store no longer takes writes
problem-precondition-needed = Say which version is to be changed
problem-precondition-failed = It has changed since it was read
problem-idempotency-other = The key was used for another request
problem-idempotency-running = A request with this key is being worked on
problem-idempotency-told = It was done, and its answer is told once
problem-address-unknown = The node has no public address
problem-hook-unknown = No such webhook
problem-hook-address = This address is never asked
problem-not-allowed = This is not allowed
problem-node-unreachable = The node does not answer
problem-node-stopped = This needs a running node
problem-busy = Too much at once
problem-internal = A fault of this program
advice-failed = Read what the problem says; the same request gives the same answer until something else changes.
advice-degraded = It works, but somebody should look: erikti doctor.
advice-usage = The request is written wrongly: compare it with what is allowed, and do not send it again as it is.
advice-data = Correct the data that the problem names, and send it again; nothing was changed.
advice-unavailable = Somebody who is needed cannot be reached: see that the other side runs, and try again.
advice-cannot-create = Something could not be written: the operator of the node should look at its disk.
advice-try-later = The same request may go through later: wait as long as Retry-After says, or a few seconds.
advice-not-allowed = Sign in, use a token with the scope that is needed, or ask an administrator of the organisation.
advice-configuration = The operator of the node has to change its settings or restore its files.

## Pages for programs
api-title = API
api-version = Version { $version }
api-for-programs = For programs:
api-goes-wrong = What goes wrong is told with a stable code:
api-open = What everybody may read needs no token, and pages of any site may read it.
api-token = A token goes into this header; cookies are never looked at:
api-again = With this header a POST is safe to send again for 24 hours:
api-further = Lists go on where this member or this header says:
api-match = An edit names the state that it changes in this header:
api-english = Operations and fields are described in English.
api-parts = Parts
api-schemas = Schemas
api-required = required
api-body = Body
api-answers = Answers
api-parameters = Parameters
api-refuses = Refuses
api-example = Example
api-part-records = Signed records of every kind: found, read, proved, made, superseded, erased.
api-part-kinds = What records of each kind may say.
api-part-organisations = Who is known, who stands, and who accredited whom.
api-part-partners = Nodes that this one exchanges records with.
api-part-logs = Every log held here, as C2SP tlog-tiles, and the keys that sign the node’s own.
api-part-feeds = What is new, for programs that follow.
api-part-node = How the node is, and its upkeep.
api-who-everybody = For everybody. With a token of the organisation’s own people, what they may read too.
api-who-signed-in = For whoever has an account here; scope read.
api-who-auditors = For auditors, coordinators and administrators of the organisation; scope read.
api-who-coordinators = For coordinators and administrators of the organisation; scope publish.
api-who-administrators = For administrators of the organisation; scope manage.
api-who-operator = Only at the node’s own machine.
api-problems-title = Problems
api-problems-what = What goes wrong is told as an RFC 9457 document: a code that never changes, what happened, what was found, what is allowed, and what to do next. Quote its number (instance) to the operator of the node: it is in the log.
