"""What they say. {ann} is a mention, {ship}, {port} and the like change from time to time."""

Exchange = tuple[str, tuple[str, ...]]

SLOTS: dict[str, tuple[str, ...]] = {
    "ship": ("MS Heron", "MS Avocet", "MV Kittiwake", "MS Tern", "MV Guillemot"),
    "port": ("Norrvik", "Sandhamn", "Port Elva", "Grimsund", "Holmen", "Kestrel Bay"),
    "line": ("Norrvik Lines", "Elva Ferries", "Grimsund Rederi", "Bay Crossings"),
    "n": ("2", "3", "4", "6", "12", "14", "23", "40", "80", "115"),
    "pct": ("0.4 %", "1.2 %", "3 %", "8 %", "12 %", "31 %"),
    "time": ("09:30", "10:00", "11:15", "13:00", "14:30", "15:45"),
    "day": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    "pr": ("1482", "1490", "1497", "1503", "1511", "1516", "1520", "1534"),
    "version": ("4.18.0", "4.18.1", "4.19.0", "4.19.2", "4.20.0", "4.21.0"),
    "ticket": ("TW-208", "TW-311", "TW-318", "TW-342", "TW-355", "TW-367"),
    "food": ("cinnamon buns", "samosas", "the good bread", "a crate of clementines", "rhubarb cake"),
    "who": ("ann", "tomas", "priya", "jonas", "leila", "sam", "wen", "elodie", "margit"),
}

GENERAL: tuple[Exchange, ...] = (
    (
        "Good morning! {food} in the kitchen, help yourselves :bread:",
        ("On my way :runner:", "Thank you {who}! :heart:"),
    ),
    (
        "{line} signed for another year :tada: Thanks to everybody who was on those calls.",
        ("Wonderful news!", "Well deserved. {who} carried that one."),
    ),
    (
        "Reminder: all hands at {time} on {day}. Add your points to the agenda before then.",
        ("Can we talk about the winter timetable?", "Added two. Five minutes each, promise."),
    ),
    ("The office is closed on {day} morning, they are testing the fire alarm.", ()),
    (
        "Who is coming to {port} for the harbour visit on {day}? We have {n} seats on the early boat.",
        ("Me!", "I’d love to, if nobody minds me getting seasick", "Count me in :ferry:"),
    ),
    (
        "Numbers for last week: {n}k tickets, refunds at {pct}. Best week this autumn.",
        ("Is that with or without the group bookings?", "Without. With them it is a little more."),
    ),
    ("I’ll be offline after {time} today, school play :performing_arts:", ()),
    (
        "{line} asked if we can show {ship} as replaced in the app rather than cancelled. I said we would look.",
        (
            "That is a one-line change in the timetable feed, I think.",
            "Nothing is a one-line change in the timetable feed :smile:",
            "I’ll write it up as {ticket}.",
        ),
    ),
    ("New face in the office today: somebody from {port} harbour is visiting until {time}. Say hello!", ()),
    (
        "Please fill in your holidays for December by {day}. It takes a minute.",
        ("Done.", "Done, thanks for the nudge"),
    ),
    ("The printer works again. Nobody knows why.", ("Do not look at it.",)),
    (
        "We passed {n},000 travellers on {ship} this season :boat:",
        ("That deserves cake", "Everything deserves cake, {who}"),
    ),
    (
        "Storm warning for {port} on {day}. Expect cancelled departures and a busy inbox.",
        (
            "I’ll stay late on support.",
            "The bulk refund page is ready this time, see <https://help.tidewell.example/refunds|the guide>.",
        ),
    ),
    (
        "Draft of the annual letter: <https://docs.tidewell.example/letter-draft>. Comments welcome until {day}.",
        ("Left a few, mostly commas.",),
    ),
    ("Can somebody who reads Norwegian look over one paragraph for {line}?", ("Send it to me.",)),
    ("Thanks {who} for jumping in on the {line} call today, it made all the difference.", ()),
    (
        "Lunch walk to the pier at 12, who joins?",
        ("Me", "Me, if the rain stops", "It will not stop, it is {day}"),
    ),
    (
        "I moved the team calendar to the new system. If an entry is missing, tell me rather than making it twice.",
        (),
    ),
    (
        "Prices for {line} change on {day}: adults + bikes &lt; 10 € stay as they are, R&amp;D cost goes to the second line.",
        (),
    ),
    ("Interview on {day} at {time}: a support person for {port}. {leila} and {margit} lead.", ()),
    ("The new business cards came. Yours are on your desks.", ("They are so much nicer than the old ones",)),
    (
        "Heads up: the card terminals at {port} are being replaced, payments there may stutter on {day}.",
        ("Noted on the support rota.",),
    ),
    ("First frost this morning! The heating in the back room is on, please keep the door shut.", ()),
    ("Wi-Fi password for guests has changed, it is on the whiteboard.", ()),
    (
        "Wen’s survey about the boarding screen is here: <https://forms.tidewell.example/boarding>. Four questions.",
        ("Answered!",),
    ),
    (
        "Does anyone have the adapter from the big meeting room?",
        ("It is in the drawer under the coffee machine. Don’t ask.",),
    ),
    (
        "{port} would like a poster with a QR code for the app. I have a draft, who wants to see it?",
        ("I do!", "Make the code bigger, sailors have cold hands."),
    ),
    ("Quiet week ahead: {ship} is in the dock for her yearly check.", ()),
    (
        "Company dinner: {day}, 18:30, at the usual place. Tell {elodie} what you don’t eat.",
        ("No shellfish for me, please", "Everything. I eat everything."),
    ),
    (
        "We are in the local paper! Page 4, below the lighthouse.",
        ("My mother has bought three copies", ":newspaper: framed already"),
    ),
    ("Bike parking is being painted on {day}, please use the yard.", ()),
    (
        "A traveller wrote in to thank whoever made the text bigger on the ticket screen. That’s you, {sam} and {priya} :clap:",
        ("Made my day :blush:",),
    ),
    ("The translation for the winter menu is in. {n} words over, I’ll cut.", ()),
    ("Short notice: the investor call moves to {time}.", ()),
    ("Reading group on {day}: the chapter about queues. The software kind.", ()),
    ("Who has the key to the storage room?", ("Me, sorry! On the hook again.",)),
    ("Happy birthday {who}! :birthday:", ("Happy birthday!! :tada:", "Thank you all :heart:")),
    ("Travel costs for {port}: please hand them in by {day} so that they are in this month.", ()),
    ("The {line} contract is back from the lawyers with {n} comments. All small.", ()),
    (
        "I’m trying a shorter weekly note. Tell me what you miss.",
        ("I like it.", "The numbers at the top, please."),
    ),
)

ENGINEERING: tuple[Exchange, ...] = (
    (
        "Could somebody look at <https://git.tidewell.example/pr/{pr}|#{pr}>? It is small, I promise.",
        ("Looking.", "Two questions, otherwise good.", "Approved :white_check_mark:"),
    ),
    ("Deploying {version} to production.", ("Watching the dashboards.", "All green.")),
    (
        "The nightly import for {line} took {n} minutes, it used to be one. Anything changed on their side?",
        (
            "They send the whole season now and not only the changes.",
            "I’ll add a hash check and skip what we have.",
        ),
    ),
    (
        "`SELECT … FOR UPDATE SKIP LOCKED` on the seats table cut the lock waits by {pct}. Details in {ticket}.",
        ("Beautiful.",),
    ),
    (
        "Flaky test again: `test_refund_is_split_between_cards`. Second time this week.",
        ("It depends on the clock. I’ll freeze it.",),
    ),
    ("Memory on the worker is down to {n} MB after {pr}.", ()),
    (
        "Anyone against raising the timeout for the {port} printer gateway from 5 to 8 s?",
        ("Not against, but let’s log when it is over 5.",),
    ),
    ("Renewed the certificates. The next ones renew themselves, in theory.", ("“In theory” :eyes:",)),
    (
        "The mobile build fails for me: `error: cannot find module 'quay'`. Clean checkout.",
        ("Run the setup script again, the registry moved.", "That was it, thanks!"),
    ),
    (
        "I wrote down how the seat map is cached: <https://docs.tidewell.example/seat-map>. Corrections welcome.",
        (),
    ),
    ("Postmortem for {day} is ready for comments.", ()),
    (
        "Rolled back {version}: a date without a year in the {line} feed. Fix is on its way.",
        ("Thanks for the quick rollback.", "Fix is <https://git.tidewell.example/pr/{pr}>."),
    ),
    (
        "If `count &gt; limit &amp;&amp; !force` is true we return early and never release the berth. {ticket}.",
        ("Oh no. Good find.",),
    ),
    ("p95 of the booking page is {n} ms lower since this morning. The index works.", ()),
    (
        "Who owns the bucket `timetable-archive-old`? It has {n} GB and no readers.",
        ("Mine, from the migration. Deleting on {day}.",),
    ),
    ("Pairing on the offline tickets at {time}, join if you like.", ()),
)

SUPPORT: tuple[Exchange, ...] = (
    (
        "{line}: a group of {n} was booked on {ship} twice. Which booking do we keep?",
        ("The older one, it has the meal options.", "Refunded the other."),
    ),
    (
        "Traveller cannot open the ticket without reception at {port}. Known?",
        ("Yes, {ticket}. Ask them to open it once before they leave.",),
    ),
    ("Refund for {ticket} is through.", ()),
    (
        "{line} wants the list of cancelled departures for September as a file.",
        ("I’ll make it after lunch.",),
    ),
    (
        "Question from {port}: may a dog travel on a child’s ticket?",
        ("Only if it is a very small child.", "Serious answer: dogs are free below deck."),
    ),
    ("Is the payment page slow for anyone else?", ("It was, between {time} and now. Better again.",)),
    ("Template for the storm e-mail is updated. Please use the new one.", ()),
    ("Someone at {line} is locked out again. Third time this month, I sent them the guide.", ()),
    (
        "Voucher codes with an “O” in them: people type a zero. {n} mails today.",
        ("Let’s leave O and 0 out of new codes, {ticket}.",),
    ),
    ("Waiting time on the phone is under a minute today :telephone_receiver:", ()),
    (
        "{elodie} can you check the invoice for {line}? They say {pct} off was agreed.",
        ("It was, until the summer. I’ll write to them.",),
    ),
)

RANDOM: tuple[Exchange, ...] = (
    ("The seal is back in the harbour basin :seal:", ("PHOTO!", "It looked at me as if I owed it a fish")),
    ("Found a glove. Left hand, grey.", ("Mine!",)),
    ("What is the best ferry film and why is there only one?", ("There are none.",)),
    ("My sourdough is called Captain Crust. That is all.", ()),
    ("It’s raining sideways.", (":umbrella:",)),
    ("Sam’s dog has learned to open the office fridge.", ("We are doomed", "Teach it to make coffee")),
    ("Anyone selling a child’s bike, 20 inch?", ()),
)

RELEASES: tuple[Exchange, ...] = (
    ("*{version}* — faster boarding list, larger text on tickets, {n} fixes.", ()),
    ("*{version}* — group bookings can be split. Thanks {who}!", (":ship:",)),
    ("*{version}* — fixes for {line}’s timetable feed.", ()),
)

LEADERSHIP: tuple[Exchange, ...] = (
    ("Draft budget is in the folder. Travel is up {pct}.", ("Because of the {port} visits. Worth it.",)),
    ("{line} pays late again. I’ll call them on {day}.", ()),
    ("Two good candidates for support. I’d like to see both.", ("Agreed.",)),
)

INCIDENTS: tuple[Exchange, ...] = (
    (
        "Timeline for {day}: alert {time}, found 12 minutes later, fixed after {n}.",
        ("What would have found it sooner?",),
    ),
    ("Action from {ticket}: alert on the age of the feed, not on errors.", ()),
)

LAUNCH: tuple[Exchange, ...] = (
    ("Store screenshots are final :camera:", ("Lovely.",)),
    ("{n} testers on the beta.", ()),
    ("We are live! :rocket:", ("Congratulations everybody!", "What a summer")),
)

DIRECT: tuple[Exchange, ...] = (
    ("Do you have five minutes?", ()),
    ("Can you swap the support rota with me on {day}?", ()),
    ("Of course.", ()),
    ("Thanks! I owe you {food}.", ()),
    ("I sent you the notes from {line}.", ()),
)

# Things that must be there whatever the dice say: another script, an edit, code, a quote, long text.
SPECIAL: tuple[tuple[str, str, str], ...] = (
    (
        "support",
        "leila",
        "רשמתי לנוסעים בעברית: ההפלגה של יום שלישי בוטלה, וההחזר יגיע תוך שלושה ימים. (For the Haifa group: departure cancelled, refunds in three days.)",
    ),
    (
        "general",
        "margit",
        "<!channel> The lease for the new office is signed! We move in January. More at the all hands :house:",
    ),
    (
        "general",
        "wen",
        "&gt; “A timetable is a promise.”\nfrom the {line} brochure, and I want it on the wall.",
    ),
    (
        "engineering",
        "tomas",
        "The fix, for the record:\n```\nif (berth.until &lt; now &amp;&amp; !berth.held) {{\n    release(berth);\n}}\n```",
    ),
    (
        "general",
        "priya",
        "If you find a screen where the text is cut off, put it in {#support} with the device’s name please. _Any_ device, *all* languages.",
    ),
    ("random", "sam", "🦭 ⛴️ 👩🏽‍💻 🇳🇴 that is the whole story of today"),
)

REACTIONS = (
    "+1",
    "tada",
    "heart",
    "eyes",
    "ferry",
    "joy",
    "white_check_mark",
    "clap",
    "raised_hands",
    "anchor",
)
