//! The words that betray a language in a short message: frequent, short, and few.
//!
//! A word that two languages share stands in both lists and decides nothing between them. A word
//! that chat borrows everywhere ("ok", "sorry", "super") stands in none.

/// English.
pub(super) const ENGLISH: &str = "
the a an and or but if because since until i i'm i've i'd i'll im ive my mine myself me you your yours
you're you've you'll u ur he she he's she's her him his it it's its we we've we're us our they they're their
them this that that's these those there there's here what what's when where where's which who why how
is isn't are aren't am was wasn't were weren't be been being has hasn't have haven't had having do does
doesn't don't did didn't doesnt dont didnt cant wont can can't cannot could couldn't will won't would wouldn't
should shouldn't must may might not nor never ever always again already just still only yet with
without from for about into at by of on in to up out off over after before than then now today
yesterday tomorrow any anything anyone nothing something someone everything everyone nobody every
each all some much many more most very too so as get got getting gets give go going gone want
need know think said told tell make made take let let's like new old same other another one two
days weeks hours months money very even else keep waiting received arrived 
also come die door hat man met per plus pour sin son van war
";

/// Every other language that short messages are held against, with its ISO 639-1 code. Longer
/// texts in still other languages are told by their letters.
pub(super) const OTHERS: [(&str, &str); 6] = [
    (
        "nl",
        "
de het een ik je jij jullie u uw wij we me ze zij hij hem haar mijn m'n jouw ons onze zijn ben bent is was
waren heb hebt heeft hebben had niet geen wel nog al maar en of als dan dat die dit deze wat waar wanneer hoe
wie waarom welke met van voor naar bij op in om te aan uit over door tot nu toch ook zo heel erg veel meer
wordt worden kan kunt kunnen wil wilt willen moet moeten zou zouden gaat doe doet graag bedankt dank
dankjewel dankuwel alvast hallo hoi goedemorgen goedemiddag goedenavond goedendag groet groetjes alsjeblieft
alstublieft aub ja nee iets niets iemand niemand altijd nooit weer steeds sinds vandaag gisteren morgen
bestelling pakket pakketje klacht geld terug weken dagen er hier daar jammer echt gewoon alleen omdat
slecht slechte goed goede mooi prima helemaal jullie hulp
",
    ),
    (
        "de",
        "
der die das den dem des ein eine einen einem einer ich du sie er es wir ihr mein meine meinen mir mich
dir dich uns unser ihre ihren ist sind war waren am bin habe hat haben hatte nicht kein keine keinen noch schon aber
und oder wenn dass was wo wann wie warum wer welche mit von vom für zu zum zur bei auf in im an aus über
durch bis dann jetzt doch auch so sehr viel mehr wird werden kann können will möchte muss müssen bitte
danke vielen dank hallo guten tag morgen ja nein etwas nichts jemand niemand immer nie wieder seit heute gestern
bestellung paket geld zurück gut schlecht schlechte hilfe euch hab nur alles man also
",
    ),
    (
        "fr",
        "
le la les un une des du de je tu il elle on nous vous ils elles mon ma mes votre vos notre nos est sont suis ai
as avez avons ont a été pas ne plus encore mais et ou si que qui quoi où quand comment pourquoi avec pour
sans dans sur par au aux en ce cet cette ces c'est j'ai très beaucoup trop bien merci bonjour bonsoir salut
s'il svp oui non rien toujours jamais depuis aujourd'hui hier demain commande colis argent
remboursement livraison me se y mal fait peux pouvez veux voudrais aide plaît
",
    ),
    (
        "es",
        "
el la los las un una unos de que y en es por para con sin sí si mi mis tu su sus yo usted ustedes
nosotros está están estoy son ser fue ha he han hemos tengo tiene muy más pero como cuando donde dónde cómo qué
quién porque todo todos nada algo siempre nunca también hola gracias buenos buenas días tardes favor pedido paquete
dinero desde hoy ayer mañana me se lo le al del a mal este esta esto ya puede quiero ayuda mucho peor
",
    ),
    (
        "it",
        "
il lo la i gli le un una che non è di da del della per con sono ho hai ha abbiamo avete mio mia miei questo
questa ma e come quando dove perché molto più grazie buongiorno ciao ordine ancora mi ti si vi al alla nel in
a o se anche sempre mai niente tutto posso vorrei aiuto soldi pacco sì
",
    ),
    (
        "pt",
        "
o a os as que não de da do dos das para com um uma meu minha meus é está estou eu você vocês obrigado
obrigada olá muito mais mas como quando onde porque pedido ainda e em na por se já nada tudo sempre nunca
bom dia boa tarde ajuda dinheiro quero sim são foi tem tenho
",
    ),
];
