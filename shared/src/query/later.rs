//! What other search programs know and this language does not: refused with a way out, so that it is never
//! taken for a plain word. Never refuses what the language has.

use super::ParseError;

/// Whether `c` is a hyphen, or what word processors make of one.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2014}' | '\u{2212}')
}

/// The error for `~` inside a phrase.
pub(super) fn fuzzy_phrase(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Een ~ kan niet tussen aanhalingstekens. Zet woorden die mogen afwijken los, vlak achter elkaar: \
         jansen~1 P/1 verzoek.",
    )
}

/// The error for `"a b"~5`.
pub(super) fn slop(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Een ~ achter een frase heeft hier geen betekenis. Zoekt u woorden dicht bij elkaar, schrijf dan \
         hoge NEAR/5 dijk.",
    )
}

/// The error for a sign in front of a word, when `first` is one.
pub(super) fn sign(first: char, at: usize) -> Option<ParseError> {
    let melding = match first {
        _ if is_dash(first) || first == '!' => format!(
            "Een {first} voor een woord heeft hier geen betekenis. Wilt u het woord uitsluiten, schrijf dan NIET en een \
             spatie ervoor. Hoort het teken bij de tekst, zet die dan tussen aanhalingstekens."
        ),
        '+' => "Een + voor een woord is niet nodig: alle woorden zijn al verplicht. Laat de + weg. Hoort het teken bij \
                de tekst, zet die dan tussen aanhalingstekens."
            .to_owned(),
        _ => return None,
    };
    Some(ParseError::new(at, melding))
}
