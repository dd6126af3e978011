//! Proximity: how its operators are written and what can stand beside them. Never parses.

use super::lex::{Lexed, Op, Token};
use super::words::shorten;
use super::{MAX_DISTANCE, ParseError, Query};

/// How far apart, and whether left comes first.
pub(super) type Distance = (u32, bool);

/// The operator that `word` is: `NEAR/5`, `W/5`, `P/5` or `PRE/5`, in lower case too, because nobody looks for
/// the word `w/5`. `None` for a plain word.
pub(super) fn operator(word: &str, at: usize) -> Option<Result<Distance, ParseError>> {
    if word == "NEAR" {
        return Some(Err(ParseError::new(
            at,
            "Schrijf bij NEAR een afstand, zoals NEAR/5: hoogstens vijf woorden verder. Zoekt u het woord zelf, schrijf \
             dan \"NEAR\".",
        )));
    }
    let (name, behind) = word.split_once('/')?;
    let ordered = match name.to_ascii_lowercase().as_str() {
        "near" | "w" => false,
        "p" | "pre" => true,
        _ => return None,
    };
    let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let unit = |rest: &str| rest.starts_with(char::is_alphabetic);
    let counted =
        rest.len() < behind.len() && (rest.is_empty() || rest.strip_prefix('/').is_some_and(unit));
    let meant = counted || name.eq_ignore_ascii_case("near");
    if !meant {
        return None;
    }
    let distance = behind.parse().ok();
    Some(
        match distance.filter(|distance| (1..=MAX_DISTANCE).contains(distance)) {
            Some(distance) => Ok((distance, ordered)),
            None => Err(ParseError::new(
                at,
                format!(
                    "{} is geen afstand. Schrijf een geheel getal van 1 tot en met {MAX_DISTANCE}, zoals NEAR/5 of P/5. \
                     Moeten de woorden in dezelfde zin of alinea staan, schrijf dan binnen:zin(a EN b) of \
                     binnen:alinea(a EN b). Zoekt u deze tekst zelf, zet die dan tussen aanhalingstekens.",
                    shorten(word)
                ),
            )),
        },
    )
}

/// Refuses `side`, made of `tokens`, where it cannot stand beside NEAR.
pub(super) fn check_side(side: &Query, tokens: &[Lexed]) -> Result<(), ParseError> {
    let Some(wrong) = first_wrong(side) else {
        return Ok(());
    };
    let is_it = |token: &Token| match wrong {
        Query::And(_) => matches!(token, Token::Op(Op::And, _)),
        Query::Not(_) => matches!(token, Token::Op(Op::Not, _)),
        Query::Field(..) => matches!(token, Token::Field(_)),
        Query::Format(_) => matches!(token, Token::Format),
        Query::Date(_) => matches!(token, Token::Date(_)),
        Query::Number(..) => matches!(token, Token::Number(..)),
        Query::Quorum { .. } => matches!(token, Token::Quorum(_)),
        _ => matches!(token, Token::Within(_)),
    };
    let at = tokens
        .iter()
        .find(|lexed| is_it(&lexed.token))
        .or(tokens.first())
        .map_or(0, |lexed| lexed.at);
    let melding = match wrong {
        Query::And(_) => {
            "EN kan niet naast NEAR of P staan, ook niet zonder dat u het schrijft. Schrijf in plaats van \
             (a EN b) NEAR/5 c: (a NEAR/5 c) EN (b NEAR/5 c). Moeten woorden naast elkaar staan, zet ze dan tussen \
             aanhalingstekens."
        }
        Query::Not(_) => {
            "NIET kan niet naast NEAR of P staan. Zet het erachter: (a NEAR/5 b) NIET c."
        }
        Query::Field(..) => {
            "Een veld kan niet naast NEAR of P staan. Zet NEAR binnen het veld: titel:(a NEAR/5 b)."
        }
        Query::Quorum { .. } => {
            "VAN kan niet naast NEAR of P staan. Zet NEAR binnen de lijst: 2 VAN (a NEAR/5 d, b NEAR/5 d, c NEAR/5 d)."
        }
        Query::Within(..) => {
            "binnen: kan niet naast NEAR of P staan. Zet NEAR erbinnen: binnen:zin(a NEAR/5 b)."
        }
        _ => {
            "type:, datum:, grootte: en paginas: kunnen niet naast NEAR of P staan. Zet ze ernaast met EN: \
             (a NEAR/5 b) EN datum:2019."
        }
    };
    Err(ParseError::new(at, melding))
}

/// The first in `side` that is no word, phrase, OR-group of those or proximity.
fn first_wrong(side: &Query) -> Option<&Query> {
    match side {
        Query::Word(_) | Query::Phrase(_) | Query::Near(_) => None,
        Query::Or(parts) => parts.iter().find_map(first_wrong),
        wrong => Some(wrong),
    }
}

/// The error for `NIET a NEAR/5 b`, where it is not clear what NIET belongs to.
pub(super) fn after_not(at: usize) -> ParseError {
    ParseError::new(
        at,
        "Zet haakjes na NIET: NIET (a NEAR/5 b). Moet alleen het eerste woord ontbreken, schrijf dan EN in plaats van \
         NEAR: NIET a EN b.",
    )
}
