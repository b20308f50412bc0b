//! What a message is for (domain.md section 6): by its words, in English and Dutch.
//!
//! What is nothing but thanks, a goodbye, "ok" or emoji is told in every language that uses these words: that decides
//! whether anybody waits for an answer, so a message is such a one only if nothing else stands in it.

use std::collections::HashSet;
use std::sync::LazyLock;

use domain::Intent;

use crate::normal::{Kind, Plain};
use crate::phrases::{Fault, Phrases};

/// The kinds of the file of phrases, in the order of their bits.
const KINDS: [Intent; 4] = [
    Intent::Question,
    Intent::Request,
    Intent::Problem,
    Intent::Closing,
];

/// Words that close by themselves.
const CLOSERS: &str = "
oké thanks thank thankyou thx tnx ty tysm thnx cheers ta ok okay oke okey okee k kk okidoki okie bye goodbye byebye cya
perfect great brilliant super top prima mooi fijn fijne cool nice lovely excellent wonderful fantastic awesome
sorted understood noted alright fine goed done deal
bedankt bedankjewel dank dankje dankjewel dankuwel dankzij merci mercikes danku thanx doei dag daag doeg houdoe
ciao gegroet begrepen duidelijk akkoord geweldig fantastisch uitstekend netjes tof gelukkig helder opgelost graag
groeten groetjes mvg gr groet regards
";

/// Words that stand beside them and say no more.
const FILLERS: &str = "
a all again was will and any anyway are at best bit both bunch day evening everyone everything exactly for guys good have haha hahaha
help helping i i'm i'll im in is it it's its just kind kindly lot lots loads man mate me much night no now of oh
on one perfectly quick quickly reply response rest see so soon sounds speak take care team thanks thats that that's the then there
this time to too very weekend well will with wish wonderful works yes yep yeah yup you your u ur you're do later all's
aan alle alles was tot allemaal alles alvast avond ben bij dag dan dat de deze dit doe doen dus een en er erg even echt gauw geholpen
goede goeie haar heel helemaal hartelijk hartstikke heb hebt heeft het hier hulp hé hoor hun ik in is ja jou jouw je jij
jullie kan mee middag maar met mij moeite mvg nacht nee nog nu of ok om op orde reactie antwoord service snel snelle snelste
straks team tijd toch u uw van veel vlotte vlug voor vriendelijk vriendelijke weekend weer weekje wel week wens werkt
wij we zeer zien ziens zo zoo is't 't t goed alweer later horens fijne
";

/// Words that can begin thanks for something.
const THANKS: [&str; 12] = [
    "thanks",
    "thank",
    "thx",
    "tysm",
    "cheers",
    "bedankt",
    "dank",
    "dankjewel",
    "merci",
    "dankuwel",
    "super",
    "hartelijk",
];

/// The longest message that only closes, in words.
const LONGEST: usize = 12;
/// The longest thanks for something, in words.
const LONGEST_THANKS: usize = 24;
/// From which score on thanks are thanks, and below which a question or a request is a complaint.
const WARM: f32 = 0.2;
const COLD: f32 = -0.4;
/// From which score down a closing word is irony.
const BITTER: f32 = -0.2;
/// From how many words on an unhappy message says that something is wrong, and not only that it is.
const TELLING: usize = 6;

static CLOSING: LazyLock<[HashSet<&str>; 2]> =
    LazyLock::new(|| [CLOSERS, FILLERS].map(|list| list.split_whitespace().collect()));

/// Adds the file of phrases; the kinds have the lowest bits.
pub(crate) fn with_phrases(phrases: Phrases) -> Result<Phrases, Fault> {
    let kind = |name: &str| KINDS.iter().position(|kind| kind.as_str() == name);
    let number = |name: &str| u32::try_from(kind(name)?).ok();
    phrases.and(include_str!("phrases/intents.txt"), number)
}

/// What a message in English or Dutch with this score is for; `found` is of [`with_phrases`].
pub(crate) fn intent(plain: &Plain, score: f32, found: u32) -> Intent {
    let bare = plain.words().next().is_none();
    if is_closing(plain, found) && (bare || score > BITTER) {
        return Intent::Closing;
    }
    let has = |kind| has(found, kind);
    let words = plain.words().count();
    let asks = has(Intent::Question) || plain.tokens().any(|token| is_question(&token));
    let unhappy = score <= COLD;
    if has(Intent::Request) && !(unhappy && has(Intent::Problem)) {
        return Intent::Request;
    }
    if asks && !unhappy {
        return Intent::Question;
    }
    if has(Intent::Problem) && score < WARM {
        return Intent::Problem;
    }
    let thanks = plain
        .words()
        .next()
        .is_some_and(|word| THANKS.contains(&word));
    if thanks && score >= WARM && words <= LONGEST_THANKS && !asks {
        return Intent::Closing;
    }
    match (asks, unhappy && words >= TELLING) {
        (_, true) => Intent::Problem,
        (true, false) => Intent::Question,
        (false, false) => Intent::Other,
    }
}

fn has(found: u32, kind: Intent) -> bool {
    let bit = KINDS.iter().position(|one| *one == kind);
    bit.is_some_and(|bit| found >> bit & 1 == 1)
}

/// Whether a message is nothing but thanks, a goodbye, "ok" or emoji.
pub(crate) fn is_closing(plain: &Plain, found: u32) -> bool {
    let [closers, fillers] = &*CLOSING;
    let (mut words, mut pictures) = (0, false);
    let mut closes = has(found, Intent::Closing);
    for (text, kind) in plain.tokens() {
        match kind {
            Kind::Word => {
                words += 1;
                let closer = closers.contains(text);
                if words > LONGEST || !(closer || fillers.contains(text)) {
                    return false;
                }
                closes |= closer;
            }
            Kind::Emoji | Kind::Emoticon => pictures = true,
            Kind::Mark if text.starts_with('?') => return false,
            Kind::Mark | Kind::Pause => {}
            Kind::Number | Kind::Link => return false,
        }
    }
    if words == 0 { pictures } else { closes }
}

fn is_question((text, kind): &(&str, Kind)) -> bool {
    *kind == Kind::Mark && text.starts_with('?')
}
