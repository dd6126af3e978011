//! What other search programs know and this language does not know yet: refused with a way out, so that it is
//! never taken for a plain word. Never refuses what the language has.

use super::ParseError;

/// The word characters with which other programs search for several words at once.
pub(super) fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?' | '~')
}

/// The error for a wildcard at `at`.
pub(super) fn wildcard(c: char, at: usize, in_phrase: bool) -> ParseError {
    let way_out = match (c, in_phrase) {
        ('~', _) => {
            "Schrijf de spellingen die u zoekt voluit, met OF ertussen, zoals (Jansen OF Janssen)."
        }
        ('?', true) => {
            "Is het een gewoon vraagteken, laat het dan weg of zet er een spatie voor in de plaats."
        }
        ('?', false) => {
            "Schrijf de woorden voluit, met OF ertussen. Is het een gewoon vraagteken, laat het dan weg."
        }
        (_, true) => {
            "Schrijf de frases voluit, met OF ertussen, zoals (\"hoge dijk\" OF \"hoge dijken\")."
        }
        (_, false) => {
            "Schrijf de woorden voluit, met OF ertussen, zoals (subsidie OF subsidieregeling)."
        }
    };
    ParseError::new(at, format!("Zoeken met {c} kan nog niet. {way_out}"))
}

/// The error for a distance operator such as `NEAR/5`, when `word` is one. In lower case too: nobody looks
/// for the word `w/5`.
pub(super) fn proximity(word: &str, at: usize) -> Option<ParseError> {
    let distance = |(name, rest): (&str, &str)| {
        name.eq_ignore_ascii_case("near")
            || (["w", "p"]
                .iter()
                .any(|short| name.eq_ignore_ascii_case(short))
                && !rest.is_empty()
                && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    if word != "NEAR" && !word.split_once('/').is_some_and(distance) {
        return None;
    }
    Some(ParseError::new(
        at,
        "Zoeken op afstand tussen woorden kan nog niet. Gebruik EN om beide woorden in het document te eisen, of \
         aanhalingstekens om ze naast elkaar te zoeken. Zoekt u deze tekst zelf, zet die dan tussen aanhalingstekens.",
    ))
}

/// The error for `2 VAN (...)`.
pub(super) fn quorum(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Zoeken op een aantal woorden uit een lijst (VAN) kan nog niet. Schrijf de combinaties voluit, zoals \
         (a EN b) OF (a EN c) OF (b EN c). Zoekt u het woord VAN, schrijf het dan met kleine letters.",
    )
}

/// The error for `binnen:`.
pub(super) fn within(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Zoeken met binnen: kan nog niet. Gebruik EN om de woorden in hetzelfde document te zoeken, of \
         aanhalingstekens om ze naast elkaar te zoeken.",
    )
}

/// The error for a sign in front of a word, when `first` is one.
pub(super) fn sign(first: char, at: usize) -> Option<ParseError> {
    let melding = match first {
        // Word processors turn a hyphen into a dash.
        '-' | '\u{2010}'..='\u{2014}' | '\u{2212}' | '!' => format!(
            "Een {first} voor een woord heeft hier geen betekenis. Wilt u het woord uitsluiten, schrijf dan NIET en een \
             spatie ervoor. Hoort het teken bij de tekst, zet die dan tussen aanhalingstekens."
        ),
        '+' => "Een + voor een woord is niet nodig: alle woorden zijn al verplicht. Laat de + weg. Hoort het teken bij \
                de tekst, zet die dan tussen aanhalingstekens."
            .to_owned(),
        '=' => "Zoeken met = voor een woord kan nog niet. Zet het woord tussen aanhalingstekens om het precies zo te \
                zoeken."
            .to_owned(),
        _ => return None,
    };
    Some(ParseError::new(at, melding))
}
