//! Where customer service differs from the social media that the lexicon was rated on.
//!
//! A bare statement of a problem or politeness is NEUTRAL (domain.md section 6): "my order is
//! lost" is why people write at all, and "thank you" is how they write. So the words for
//! problems, requests and manners lose their charge here, and the words for being treated badly
//! get theirs. Changing any list is a new version of the scorer.

/// Words without charge here, though the lexicon has one.
pub(super) const NEUTRAL: &str = "
accept accepted accepting accepts access active agree agreed alert alone alright apologies apologize apology
application appreciate appreciated asset assist assistance attraction attractions avoid award aware benefit benefits
block blocked bonus bother bothering bug bugs care certain challenge chance charge charged charges
check clear clearly comfort comfortable compensate compensated compensation complain complained complaining complains complaint
complaints complimentary conflict confirm confused confusing confusion cool credit credited credits crash crashed crashes crashing criticism cut
damage damaged damages dead dear debt debit decline declined declines defect defective defects definitely delay delayed delays
denied deny desire difficult difficulties difficulty discount dispute disputed doubt drop dropped ease easily easy effective
emergency enjoy ensure entertain entertainment error errors exclusive expired extend fail failed failing fails failure failures fair fault
faults faulty favor favorite favorites favour fee feeling festival festive fine fire fit fitness flexible forced foreclosed fraud fraudulent free friend friends fresh friday fun gain
gift gifts god grant greet greeting greetings growth hack hacked hand hard health healthy
hello help helped helping helps hope hoped hopefully hoping hopes ideal important improve improved
inconvenience inconvenient injured injury innovative inspire insurance interest interested interesting interests invite issue issues join kind kindly
leak leaking like liked likes liking limited lose loses losing loss losses lost loyal loyalty lucky matter mistake mistakes mistaken miss missed misses missing natural
natures negative no novel number okay ok okey oops open opportunity original outstanding
panic party pay payment payments peace penalty please popular positive possess pretty prevent pressure privilege prize
problem problematic problems profile promise promised promises promotion proper protect protected protection proud question questions ready reassure
recommend recommendation recommended reject rejected rejects relax resolve resolved resolves resolving resolution respect restrict restricted restriction reward rewards rich risk safe safely safety
save saved saving savings scratch secure secured security serious seriously sharing share shared sick smart smooth solution solutions solve solved solves sorry
special spam spirit stolen steal stop stopped strength strong stuck success successful successfully suffer support supported supports sure surprise suspect
suspended suspicious sweet talent tax terms thank thanks thanx theft thx tired top toothless trial trouble troubles true trust trusted trouble unable unauthorized
unfortunately unsubscribe unsuccessful urgent urgently useful valid value valued values vision vulnerable want wants war warm warn warning warranty
weak weird welcome well win winner wish wishes wishing woo worry worries worth wow wrong wrongly yay yeah yep yes yup
luck treat parties convinced curious comfortable unfortunate cheers cross
die died dies death killer kill killed confuse giving disregard odd oddly
broke broken break breaks breaking cancel canceled cancelled cancelling canceling cancels cancellation emptied excited excite
";

/// Words with another charge here than in the lexicon, or missing from it.
pub(super) const CHARGED: &[(&str, f32)] = &[
    // How the customer feels.
    ("annoyed", -2.0),
    ("appalled", -3.0),
    ("desperate", -2.0),
    ("dissatisfied", -2.3),
    ("enraged", -3.2),
    ("exasperated", -2.3),
    ("exhausted", -1.6),
    ("fuming", -3.1),
    ("furious", -3.4),
    ("infuriated", -3.2),
    ("infuriating", -3.0),
    ("irate", -3.0),
    ("livid", -3.3),
    ("outraged", -3.1),
    ("pissed", -2.9),
    ("seething", -3.0),
    ("speechless", -1.4),
    ("unhappy", -2.2),
    ("upset", -2.1),
    ("upsetting", -1.8),
    // What the customer makes of the service.
    ("abysmal", -3.0),
    ("appalling", -3.0),
    ("atrocious", -3.1),
    ("careless", -1.7),
    ("clueless", -2.0),
    ("criminal", -2.4),
    ("crooks", -2.9),
    ("dire", -2.2),
    ("disgrace", -3.0),
    ("disgraceful", -3.1),
    ("dreadful", -2.6),
    ("excuses", -1.4),
    ("farce", -2.4),
    ("garbage", -2.4),
    ("hopeless", -2.4),
    ("horrendous", -3.0),
    ("ignored", -1.9),
    ("ignoring", -1.9),
    ("incompetence", -2.5),
    ("incompetent", -2.6),
    ("insulting", -2.4),
    ("joke", -2.2),
    ("laughable", -2.2),
    ("lousy", -2.4),
    ("mess", -1.7),
    ("nightmare", -2.3),
    ("outrageous", -2.8),
    ("rant", -1.2),
    ("ridiculous", -2.4),
    ("robbed", -2.4),
    ("rubbish", -2.2),
    ("scam", -3.0),
    ("scammed", -3.0),
    ("scammers", -3.0),
    ("shambles", -2.5),
    ("shambolic", -2.5),
    ("shameful", -2.6),
    ("shit", -2.9),
    ("shitty", -2.9),
    ("shocking", -2.4),
    ("sloppy", -1.9),
    ("sucks", -2.4),
    ("thieves", -3.0),
    ("trash", -2.2),
    ("unacceptable", -2.7),
    ("unbelievable", -1.6),
    ("unhelpful", -2.0),
    ("unprofessional", -2.3),
    ("unreliable", -1.9),
    ("useless", -2.5),
    ("worthless", -2.5),
    ("worst", -3.4),
    // Contentment.
    ("brilliant", 2.9),
    ("delighted", 2.9),
    ("flawless", 2.6),
    ("helpful", 2.0),
    ("lifesaver", 2.8),
    ("outstanding", 3.0),
    ("patient", 1.2),
    ("polite", 1.7),
    ("professional", 1.6),
    ("smoothly", 1.5),
    ("superb", 3.0),
];

/// Words that mean together what they do not mean apart; the longest that fits counts.
pub(super) const PHRASES: &[(&[&str], f32)] = &[
    (&["thank", "you", "so", "much"], 0.45),
    (&["thanks", "so", "much"], 0.45),
    (&["thank", "you", "very", "much"], 0.4),
    (&["many", "thanks"], 0.0),
    (&["no", "good"], -1.6),
    (&["good", "morning"], 0.0),
    (&["good", "afternoon"], 0.0),
    (&["good", "evening"], 0.0),
    (&["good", "day"], 0.0),
    (&["good", "night"], 0.0),
    (&["good", "bye"], 0.0),
    (&["good", "to", "know"], 0.0),
    (&["nice", "day"], 0.0),
    (&["great", "day"], 0.0),
    (&["good", "weekend"], 0.0),
    (&["best", "regards"], 0.0),
    (&["kind", "regards"], 0.0),
    (&["best", "wishes"], 0.0),
    (&["all", "the", "best"], 0.0),
    (&["the", "best", "way"], 0.0),
    (&["at", "best"], 0.0),
    (&["good", "luck"], 0.0),
    (&["as", "good", "as"], 0.0),
    (&["a", "good", "time"], 0.0),
    (&["oh", "dear"], -0.6),
    (&["not", "bad"], 0.8),
    (&["feel", "free"], 0.0),
    (&["good", "one"], 0.0),
    (&["good", "to", "go"], 0.0),
    (&["your", "best"], 0.0),
    (&["would", "be", "great"], 0.0),
    (&["would", "be", "good"], 0.0),
    (&["would", "be", "nice"], 0.0),
    (&["would", "be", "perfect"], 0.0),
    (&["would", "be", "wonderful"], 0.0),
    (&["would", "be", "fantastic"], 0.0),
    (&["would", "be", "lovely"], 0.0),
    (&["would", "be", "awesome"], 0.0),
    (&["would", "love", "to"], 0.0),
    (&["i'd", "love", "to"], 0.0),
    (&["don't", "like"], -1.3),
    (&["do", "not", "like"], -1.3),
    (&["way", "too", "long"], -1.2),
    (&["not", "be", "better"], 2.4),
    (&["couldn't", "be", "better"], 2.4),
    (&["not", "be", "worse"], -2.4),
    (&["couldn't", "be", "worse"], -2.4),
    (&["never", "again"], -2.3),
    (&["fed", "up"], -2.6),
    (&["sick", "of"], -2.6),
    (&["sick", "and", "tired"], -3.0),
    (&["tired", "of"], -2.0),
    (&["had", "enough"], -2.2),
    (&["enough", "is", "enough"], -2.2),
    (&["rip", "off"], -2.6),
    (&["ripped", "off"], -2.8),
    (&["waste", "of", "time"], -2.4),
    (&["wasting", "my", "time"], -2.6),
    (&["wasted", "my", "time"], -2.6),
    (&["let", "me", "down"], -1.9),
    (&["lost", "patience"], -2.2),
    (&["losing", "my", "patience"], -2.4),
    (&["running", "out", "of", "patience"], -2.4),
    (&["how", "dare"], -2.8),
    (&["shame", "on"], -2.8),
    (&["do", "your", "job"], -1.9),
    (&["are", "you", "kidding"], -2.0),
    (&["are", "you", "serious"], -1.6),
    (&["can't", "believe"], -1.0),
    (&["no", "one", "cares"], -2.2),
];

/// Emoji with a charge. Thumbs and folded hands are manners.
pub(super) const EMOJI: &[(char, f32)] = &[
    ('😡', -3.2),
    ('🤬', -3.6),
    ('😠', -2.6),
    ('👿', -2.8),
    ('😤', -2.2),
    ('🖕', -3.6),
    ('👎', -1.8),
    ('😞', -1.9),
    ('😟', -1.4),
    ('😣', -1.6),
    ('😖', -1.7),
    ('😫', -2.0),
    ('😩', -1.9),
    ('😢', -2.0),
    ('😭', -2.2),
    ('🙄', -1.6),
    ('😒', -1.7),
    ('☹', -1.7),
    ('🙁', -1.4),
    ('💩', -2.4),
    ('🤮', -3.0),
    ('💔', -2.0),
    ('😀', 1.7),
    ('😃', 1.9),
    ('😄', 2.0),
    ('😁', 1.8),
    ('😊', 1.8),
    ('🙂', 0.9),
    ('😍', 2.9),
    ('🥰', 2.8),
    ('🤩', 2.9),
    ('❤', 2.6),
    ('🎉', 2.2),
    ('😘', 2.0),
];

/// Words that turn what follows them in their clause.
pub(super) const NEGATORS: &str = "
not never no none nobody nothing nowhere neither nor without hardly barely rarely seldom cannot
ain't aren't can't couldn't didn't doesn't don't hadn't hasn't haven't isn't mustn't shouldn't wasn't weren't won't
wouldn't aint arent cant couldnt didnt doesnt dont hadnt hasnt havent isnt shouldnt wasnt werent wont wouldnt
least
";

/// Words that strengthen what follows them, and words that soften it.
pub(super) const BOOSTERS: &str = "
absolutely amazingly awfully beyond completely deeply enormously entirely especially exceptionally extremely
fucking fully highly hugely incredibly insanely intensely particularly really remarkably so such
terribly thoroughly total totally truly unbelievably utter utterly very
";
/// See [`BOOSTERS`].
pub(super) const SOFTENERS: &str = "
bit fairly kinda little marginally mildly occasionally partly rather slightly somewhat sorta
";

/// Words after which praise is what the customer looks for, not what they got: "I need a good
/// hotel".
pub(super) const WISHES: &str = "
looking need needs want wanted prefer recommend suggest suggestion find search searching interested
should if could can
";

/// Words before a charged word that make it an agreement rather than praise: "sounds great".
pub(super) const AGREEMENT: &str = "sounds sound ok okay yes yeah sure alright oh ah";

/// Words that go on with business after an acknowledgement: "Great I also need a train".
pub(super) const BUSINESS: &str =
    "i i'll i'd i'm thank thanks that that's and can could please so now";

/// Charged words that other languages share or that chat borrows: no sign of English.
pub(super) const BORROWED: &str = "
best bravo brutal cool crime criminal damn die fan fantastic final fuck fun gag grave hell kill kind
lol lmao lust love mal mist moral nice normal omg original panic perfect positive party
shit solid stress super superb top tragic war win wtf wow crisis drama idiot oh haha hahaha slim held arm
arrest blind brand brave defect direct fair favorable grand honor horror humor ideal irritable legal optimal pardon popular
respectable sinister sublime suspect violent vulgar abandon irritant
";
