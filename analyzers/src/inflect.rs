//! Dutch inflection by rule. Owns what the endings of a folded word allow it to be a form of: guesses, which a
//! word list has to confirm. Knows no words.

/// What kind of word a base would have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Noun,
    Verb,
    Adjective,
}

/// Particles that a verb separates from (aanbieden, bood aan) and that keep their place before ge-.
pub(crate) const SEPARABLE: [&str; 79] = [
    "aaneen",
    "aan",
    "achterna",
    "achterom",
    "achterop",
    "achterover",
    "achteruit",
    "achter",
    "af",
    "bijeen",
    "bij",
    "binnen",
    "bloot",
    "boven",
    "buiten",
    "deel",
    "dicht",
    "door",
    "gelijk",
    "goed",
    "groot",
    "heen",
    "her",
    "hoog",
    "in",
    "ineen",
    "kennis",
    "klaar",
    "kwijt",
    "langs",
    "leeg",
    "los",
    "mede",
    "mee",
    "mis",
    "na",
    "neer",
    "om",
    "omhoog",
    "omlaag",
    "onder",
    "op",
    "open",
    "over",
    "overeen",
    "plaats",
    "rond",
    "samen",
    "schoon",
    "stil",
    "stop",
    "teleur",
    "tegemoet",
    "tegen",
    "terecht",
    "terug",
    "teweeg",
    "toe",
    "tot",
    "tussen",
    "uiteen",
    "uit",
    "vast",
    "vol",
    "voorbij",
    "vooruit",
    "voor",
    "voort",
    "vrij",
    "waar",
    "weg",
    "vooraf",
    "bekend",
    "gereed",
    "tekort",
    "schuil",
    "stand",
    "lief",
    "bezig",
];

/// Prefixes that take the place of ge- in a participle (betaald, ontvangen).
pub(crate) const INSEPARABLE: [&str; 15] = [
    "be", "ge", "her", "ont", "ver", "er", "over", "onder", "door", "voor", "om", "mis", "vol",
    "weer", "achter",
];

const VOWELS: [u8; 6] = *b"aeiouy";

fn is_vowel(byte: u8) -> bool {
    VOWELS.contains(&byte)
}

/// Whether the word could be told by its last letters: "huis" from "huiz", "kat" from "katt", "loop" from "lop".
/// `open` is what stands before an ending that begins with a vowel.
fn closed_forms(open: &str, mut found: impl FnMut(String)) {
    let bytes = open.as_bytes();
    let [.., before, last] = *bytes else {
        return;
    };
    let rest = &open[..open.len() - 1];
    match last {
        b'v' => found(format!("{rest}f")),
        b'z' => found(format!("{rest}s")),
        _ => {}
    }
    // A short vowel would have two consonants: "weten" is no form of "wet", but "monniken" is one of "monnik".
    let short = !is_vowel(last)
        && matches!(before, b'a' | b'e' | b'i' | b'o' | b'u')
        && !bytes[..bytes.len() - 2].iter().any(|byte| is_vowel(*byte));
    if !short {
        found(open.to_owned());
    }
    if is_vowel(last) {
        return;
    }
    if before == last {
        found(rest.to_owned());
    } else if matches!(before, b'a' | b'e' | b'o' | b'u') {
        let closing = match last {
            b'v' => 'f',
            b'z' => 's',
            _ => char::from(last),
        };
        found(format!("{rest}{}{closing}", char::from(before)));
    }
}

/// The infinitives that the stem of a verb can belong to: bellen for bel, lopen for loop, geven for geef.
pub(crate) fn infinitives(stem: &str, mut found: impl FnMut(String)) {
    let bytes = stem.as_bytes();
    let Some(&last) = bytes.last() else {
        return;
    };
    let before = bytes.len().checked_sub(2).map_or(b'-', |at| bytes[at]);
    let third = bytes.len().checked_sub(3).map_or(b'-', |at| bytes[at]);
    if is_vowel(last) {
        found(format!("{stem}n"));
        found(format!("{stem}en"));
        if matches!(last, b'a' | b'o') {
            found(format!("{stem}{}n", char::from(last)));
        }
        return;
    }
    let rest = &stem[..stem.len() - 1];
    let voiced = match last {
        b'f' => 'v',
        b's' => 'z',
        _ => char::from(last),
    };
    if before == third && matches!(before, b'a' | b'e' | b'o' | b'u') {
        found(format!("{stem}en"));
        found(format!("{}{voiced}en", &stem[..stem.len() - 2]));
        if voiced != char::from(last) {
            found(format!("{}{}en", &stem[..stem.len() - 2], char::from(last)));
        }
        return;
    }
    let short = is_vowel(before)
        && before != b'y'
        && !is_vowel(third)
        && !matches!(last, b'h' | b'j' | b'w' | b'x');
    if short {
        found(format!("{stem}{}en", char::from(last)));
    }
    if !short || stem.bytes().filter(|byte| is_vowel(*byte)).count() > 1 {
        found(format!("{stem}en"));
        if voiced != char::from(last) {
            found(format!("{rest}{voiced}en"));
        }
    }
}

/// The verbs that a noun or adjective may be made of: uitwisselen for uitwisseling, deelnemen for deelnemer.
pub(crate) fn verbs_within(word: &str, mut found: impl FnMut(String)) {
    for ending in ["ing", "er", "ster", "baar", "ende", "end", "sel"] {
        if let Some(stem) = word.strip_suffix(ending).filter(|stem| stem.len() >= 3) {
            found(format!("{stem}en"));
            infinitives(stem, &mut found);
        }
    }
}

/// Everything that `word` may be an inflected form of. It is for the caller to know which of them exist.
pub(crate) fn bases(word: &str, mut found: impl FnMut(Kind, String)) {
    if word.len() < 3 || !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return;
    }
    nouns(word, &mut |base| found(Kind::Noun, base));
    adjectives(word, &mut |base| found(Kind::Adjective, base));
    verbs(word, &mut |base| found(Kind::Verb, base));
}

fn nouns(word: &str, found: &mut impl FnMut(String)) {
    let singular = |ending: &str| word.strip_suffix(ending).filter(|rest| rest.len() >= 2);
    if let Some(rest) = singular("heden") {
        return found(format!("{rest}heid"));
    }
    diminutives(word.strip_suffix('s').unwrap_or(word), found);
    if let Some(rest) = singular("en") {
        closed_forms(rest, &mut *found);
        if let Some(rest) = rest.strip_suffix('f') {
            found(format!("{rest}af"));
        }
    }
    for (ending, base) in [
        ("s", ""),
        ("n", ""),
        ("ia", "ium"),
        ("a", "um"),
        ("ici", "icus"),
        ("i", "us"),
        ("ases", "asis"),
        ("ises", "isis"),
    ] {
        if let Some(rest) = singular(ending) {
            found(format!("{rest}{base}"));
        }
    }
}

/// huisje, boompje, tuintje, koninkje, balletje, autootje.
fn diminutives(word: &str, found: &mut impl FnMut(String)) {
    let Some(rest) = word.strip_suffix("je").filter(|rest| rest.len() >= 3) else {
        return;
    };
    found(rest.to_owned());
    if let Some(rest) = rest.strip_suffix('p').filter(|rest| rest.ends_with('m')) {
        found(rest.to_owned());
    }
    if let Some(rest) = rest.strip_suffix('k').filter(|rest| rest.ends_with('n')) {
        found(format!("{rest}g"));
    }
    let Some(rest) = rest.strip_suffix('t').filter(|rest| rest.len() >= 2) else {
        return;
    };
    found(rest.to_owned());
    let bytes = rest.as_bytes();
    if let [.., before, last] = *bytes
        && before == last
        && is_vowel(last)
    {
        found(rest[..rest.len() - 1].to_owned());
    }
    if let Some(rest) = rest.strip_suffix('e') {
        closed_forms(rest, found);
    }
}

fn adjectives(word: &str, found: &mut impl FnMut(String)) {
    let word = word.strip_prefix("aller").unwrap_or(word);
    for ending in ["e", "er", "ere", "ers", "en"] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.len() >= 2) {
            closed_forms(rest, &mut *found);
            if let Some(rest) = rest.strip_suffix('d').filter(|rest| rest.ends_with('r')) {
                found(rest.to_owned());
            }
        }
    }
    for ending in ["st", "ste", "sten", "s"] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.len() >= 3) {
            found(rest.to_owned());
        }
    }
    // losjes, warmpjes, zwakjes.
    if let Some(rest) = word.strip_suffix('s') {
        diminutives(rest, &mut *found);
    }
    for ending in ["t", "te", "ten"] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.ends_with('s')) {
            found(rest.to_owned());
        }
    }
}

fn verbs(word: &str, found: &mut impl FnMut(String)) {
    for ending in ["d", "de", "den", "der", "s"] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.ends_with('n')) {
            found(rest.to_owned());
        }
    }
    finite(word, found);
    // Of the participle: geregeld, aangepaste, betaalden.
    for ending in ["", "e", "en"] {
        let Some(rest) = word.strip_suffix(ending) else {
            continue;
        };
        let opened =
            |rest: &str, found: &mut dyn FnMut(String)| participle(rest, &mut |base| found(base));
        opened(rest, found);
        if ending.is_empty() {
            continue;
        }
        // gedane, voorziene: without the e these have one n and two vowels.
        if let Some(open) = rest
            .strip_suffix('n')
            .filter(|open| open.ends_with(['a', 'e']))
        {
            let infinitive = match open.strip_suffix('a') {
                Some(stem) => format!("{stem}aan"),
                None => format!("{open}n"),
            };
            opened(&infinitive, found);
            found(infinitive);
        }
        // gemelde of gemeld; geklede of gekleed; geschatte of geschat.
        closed_forms(rest, |closed| {
            if closed != rest {
                opened(&closed, found);
            }
        });
    }
}

fn finite(word: &str, found: &mut impl FnMut(String)) {
    infinitives(word, &mut *found);
    for ending in ["t", "de", "den", "te", "ten"] {
        if let Some(rest) = word.strip_suffix(ending).filter(|rest| rest.len() >= 2) {
            infinitives(rest, &mut *found);
            // gaat, doorstaat: the vowel is doubled before t.
            if let Some(stem) = rest.strip_suffix('a').filter(|stem| stem.ends_with('a')) {
                infinitives(stem, &mut *found);
            }
        }
    }
    // The old subjunctive, and a stem that ends in d: leze, houde.
    if let Some(rest) = word.strip_suffix('e') {
        found(format!("{rest}en"));
    }
}

/// `word` is a participle without inflection.
fn participle(word: &str, found: &mut dyn FnMut(String)) {
    if !word.ends_with(['t', 'd', 'n']) {
        return;
    }
    let stem = word.strip_suffix(['t', 'd']).unwrap_or(word);
    let mut with_stem = |prefix: &str, stem: &str| {
        if stem.len() >= 2 {
            infinitives(stem, |infinitive| found(format!("{prefix}{infinitive}")));
        }
    };
    for (at, _) in word.match_indices("ge").filter(|(at, _)| *at <= 12) {
        let (prefix, rest) = (&word[..at], &word[at + 2..]);
        if at == 0 || SEPARABLE.contains(&prefix) || at >= 3 {
            with_stem(prefix, rest);
            if let Some(rest) = rest.strip_suffix(['t', 'd']) {
                with_stem(prefix, rest);
            }
        }
    }
    // betaald, achterhaald, terugbetaald.
    let unstressed = |word: &str| INSEPARABLE.iter().any(|prefix| word.starts_with(prefix));
    if unstressed(word)
        || SEPARABLE
            .iter()
            .any(|particle| word.strip_prefix(particle).is_some_and(unstressed))
    {
        with_stem("", stem);
        with_stem("", word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(word: &str, kind: Kind) -> Vec<String> {
        let mut all = Vec::new();
        bases(word, |found, base| {
            if found == kind {
                all.push(base);
            }
        });
        all
    }

    #[test]
    fn endings_lead_back_to_the_word() {
        for (kind, form, base) in [
            (Kind::Noun, "huizen", "huis"),
            (Kind::Noun, "brieven", "brief"),
            (Kind::Noun, "katten", "kat"),
            (Kind::Noun, "namen", "naam"),
            (Kind::Noun, "overheden", "overheid"),
            (Kind::Noun, "paragrafen", "paragraaf"),
            (Kind::Noun, "criteria", "criterium"),
            (Kind::Noun, "politici", "politicus"),
            (Kind::Noun, "balletjes", "bal"),
            (Kind::Noun, "boompje", "boom"),
            (Kind::Noun, "autootje", "auto"),
            (Kind::Noun, "koninkje", "koning"),
            (Kind::Noun, "categorieen", "categorie"),
            (Kind::Adjective, "openbare", "openbaar"),
            (Kind::Adjective, "zwaardere", "zwaar"),
            (Kind::Adjective, "allerbraafste", "braaf"),
            (Kind::Adjective, "industriele", "industrieel"),
            (Kind::Verb, "belde", "bellen"),
            (Kind::Verb, "leefden", "leven"),
            (Kind::Verb, "toegekende", "toekennen"),
            (Kind::Verb, "aangevraagd", "aanvragen"),
            (Kind::Verb, "betaald", "betalen"),
            (Kind::Verb, "antwoordt", "antwoorden"),
            (Kind::Verb, "regelt", "regelen"),
            (Kind::Verb, "lopende", "lopen"),
            (Kind::Verb, "staat", "staan"),
            (Kind::Verb, "bekleed", "bekleden"),
        ] {
            assert!(
                of(form, kind).iter().any(|b| b == base),
                "{form}: {:?}",
                of(form, kind)
            );
        }
    }

    #[test]
    fn any_letters_are_taken() {
        for word in [
            "", "a", "en", "tjes", "gege", "jetjetje", "ge", "aaaa", "eeen",
        ] {
            bases(word, |_, base| assert!(!base.is_empty()));
        }
    }
}
