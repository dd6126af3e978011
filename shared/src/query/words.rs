//! What one written word means: its form, its switches, or why it is refused. Never looks at its neighbours.

use super::lex::{is_boundary, is_quote, operator};
use super::near;
use super::{ExpansionKind, Form, ParseError, Switches, Word, later, searchable};
use zv_analyzers::written;

/// The fewest letters and digits that a pattern must have: with fewer, half the index would match.
const PATTERN_LETTERS: usize = 2;
/// The fewest letters and digits of a word with `~`: with fewer, nearly every word of that length would match.
const FUZZY_LETTERS: usize = 4;
/// The most differences that `~` can ask for.
const FUZZY_DISTANCE: u8 = 2;

/// Whether `c` stands for other characters in a pattern.
pub(super) fn is_wildcard(c: char) -> bool {
    matches!(c, '*' | '?')
}

/// Ends a sentence or a part of it and is no part of the word before it.
pub(super) fn ends_word(c: char) -> bool {
    matches!(c, ',' | ';' | '.' | '!' | ':' | '…')
}

/// The same before a word; `!` is not among them, because other programs read it as NIET.
pub(super) fn precedes_word(c: char) -> bool {
    ends_word(c) && c != '!'
}

/// The word without punctuation at its ends.
pub(super) fn trim(word: &str) -> &str {
    word.trim_start_matches(precedes_word)
        .trim_end_matches(ends_word)
}

/// A long text cut for a message.
pub(super) fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().count() <= SHOWN {
        text.to_owned()
    } else {
        text.chars().take(SHOWN).chain("…".chars()).collect()
    }
}

/// Whether `word` could stand in a question as it is and mean itself, in any word form.
pub(super) fn is_plain_word(word: &str) -> bool {
    let field_like = |colon: usize| colon > 0 && word[..colon].chars().all(char::is_alphabetic);
    trim(word) == word
        && !word.contains(is_boundary)
        && !word.find(':').is_some_and(field_like)
        && read(word, 0, None).is_ok_and(|read| read == Word::from(word))
}

/// The word that `text` means, without punctuation at its ends. `next`: the character directly behind it.
pub(super) fn read(text: &str, at: usize, next: Option<char>) -> Result<Word, ParseError> {
    let glued = next.is_some_and(|c| is_quote(c) || c == '(');
    refuse_special(text, at, glued)?;
    let form = if let Some(exact) = text.strip_prefix('=') {
        return read_exact(trim(exact), at, glued);
    } else if let Some((word, behind)) = text.split_once('~') {
        return read_fuzzy(word, behind, at);
    } else if text.contains(is_wildcard) {
        check_pattern(text, at)?;
        Form::Pattern
    } else {
        Form::Woordvorm
    };
    if !searchable(text) {
        return Err(unsearchable(text, at));
    }
    Ok(Word {
        form,
        ..Word::from(text)
    })
}

/// Refuses what means something else than a word, or nothing at all.
fn refuse_special(word: &str, at: usize, glued: bool) -> Result<(), ParseError> {
    let bracket = word.chars().enumerate().find(|&(_, c)| "[]".contains(c));
    if let Some((i, c)) = bracket {
        return Err(ParseError::new(
            at + i,
            format!(
                "Het teken {c} hoort alleen bij een periode of een bereik, zoals datum:[2019 TO 2021-06] of \
                 paginas:[10 TO *]. Hoort het bij de tekst, zet die dan tussen aanhalingstekens."
            ),
        ));
    }
    let alone = !glued && word.chars().all(|c| !c.is_alphanumeric());
    if let Some(error) = word
        .chars()
        .next()
        .filter(|_| !alone)
        .and_then(|first| later::sign(first, at))
    {
        return Err(error);
    }
    if operator(word).is_some() || matches!(near::operator(word, at), Some(Ok(_))) {
        return Err(ParseError::new(
            at,
            format!(
                "Zet spaties en geen leestekens om {word} heen. Zoekt u het woord zelf, schrijf dan \"{word}\"."
            ),
        ));
    }
    near::operator(word, at).map_or(Ok(()), |found| found.map(|_| ()))
}

fn read_exact(text: &str, at: usize, glued: bool) -> Result<Word, ParseError> {
    let wrong = |melding: &str| Err(ParseError::new(at, melding));
    if text.is_empty() && glued {
        return wrong(
            "De = hoort alleen bij één woord, zoals =woord. Een frase tussen aanhalingstekens is al precies; zet bij een \
             groep de = voor elk woord, zoals (=a OF =b).",
        );
    }
    if text.contains(is_wildcard) {
        return wrong(
            "De = en een jokerteken gaan niet samen. Met * of ? zoekt u al precies wat u schrijft: laat de = weg.",
        );
    }
    if text.contains('~') {
        return wrong(
            "De = en de ~ gaan niet samen. Kies =woord om precies dit woord te zoeken, of woord~1 voor woorden die er \
             op lijken.",
        );
    }
    if !searchable(text) {
        return Err(unsearchable(&format!("={text}"), at));
    }
    Ok(Word {
        form: Form::Exact,
        ..Word::from(text)
    })
}

fn read_fuzzy(word: &str, behind: &str, at: usize) -> Result<Word, ParseError> {
    let text = trim(word);
    let tilde = at + word.chars().count();
    let wrong = |melding: String| Err(ParseError::new(tilde, melding));
    if text.contains(is_wildcard) || behind.contains(is_wildcard) {
        return wrong("De ~ en een jokerteken gaan niet samen. Kies woord~1 of woor*.".to_owned());
    }
    if !searchable(text) {
        return wrong(
            "De ~ hoort achter een woord, zoals jansen~1. Zoekt u woorden dicht bij elkaar, schrijf dan \
             hoge NEAR/5 dijk."
                .to_owned(),
        );
    }
    let distance = match behind {
        "" => 1,
        _ => match behind.parse::<u8>() {
            Ok(distance) if (1..=FUZZY_DISTANCE).contains(&distance) => distance,
            _ => {
                return wrong(format!(
                    "Na ~ hoort 1 of 2: hoeveel tekens hoogstens mogen verschillen, zoals jansen~1. {} kan niet.",
                    shorten(behind)
                ));
            }
        },
    };
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    if letters < FUZZY_LETTERS || written(text).parts.len() > 1 {
        return wrong(format!(
            "De ~ kan alleen achter één woord van ten minste {FUZZY_LETTERS} letters of cijfers, zoals jansen~1. Schrijf \
             andere spellingen van {} voluit, met OF ertussen.",
            shorten(text)
        ));
    }
    Ok(Word {
        form: Form::Fuzzy(distance),
        ..Word::from(text)
    })
}

/// Refuses wildcards in `text`, a word or the words of a phrase, that would match nearly everything.
pub(super) fn check_pattern(text: &str, at: usize) -> Result<(), ParseError> {
    let mut start = at;
    for word in text.split(char::is_whitespace) {
        check_word_pattern(word, start)?;
        start += word.chars().count() + 1;
    }
    Ok(())
}

fn check_word_pattern(word: &str, at: usize) -> Result<(), ParseError> {
    let Some((i, sign)) = word.chars().enumerate().find(|&(_, c)| is_wildcard(c)) else {
        return Ok(());
    };
    let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
    let way_out = if sign == '?' {
        "Is het een gewoon vraagteken, laat het dan weg."
    } else {
        "Laat het weg, of schrijf meer letters."
    };
    if letters == 0 {
        return Err(ParseError::new(
            at + i,
            format!("Een {sign} hoort vast aan een woord, zoals subsid* of wo?rd. {way_out}"),
        ));
    }
    if letters < PATTERN_LETTERS {
        return Err(ParseError::new(
            at + i,
            format!(
                "Naast {sign} horen ten minste {PATTERN_LETTERS} letters of cijfers, zoals su*. {} heeft er te weinig. \
                 {way_out}",
                shorten(word)
            ),
        ));
    }
    // Between joiners a wildcard alone would stand for any word.
    let mut start = at;
    for part in word.split(separates_parts) {
        if let Some(i) = part.chars().position(is_wildcard)
            && part.chars().all(is_wildcard)
        {
            return Err(ParseError::new(
                start + i,
                format!(
                    "Een {sign} hoort vast aan letters of cijfers, zoals subsid* of wo?rd. In {} staat er een los.",
                    shorten(word)
                ),
            ));
        }
        start += part.chars().count() + 1;
    }
    Ok(())
}

/// Whether the index may see two words at the sides of `c`. Accents that stand by themselves do not separate.
fn separates_parts(c: char) -> bool {
    !(c.is_alphanumeric() || is_wildcard(c) || ('\u{300}'..='\u{36f}').contains(&c))
}

/// The error for a text in which there is nothing to look for.
pub(super) fn unsearchable(text: &str, at: usize) -> ParseError {
    let way_out = match text {
        "&" | "&&" => "Gebruik EN tussen woorden.",
        "|" | "||" => "Gebruik OF tussen woorden.",
        _ => "Laat het weg, of schrijf er letters of cijfers bij.",
    };
    ParseError::new(
        at,
        format!(
            "Op {} kan niet gezocht worden: er staan geen letters of cijfers in. {way_out}",
            shorten(text)
        ),
    )
}

const SWITCH_FORMS: &str = "Schrijf bijvoorbeeld toeslag{-deel}, toeslag{-synoniem -\"huurtoeslag\"} of toeslag{+breed}. \
                            De soorten zijn vorm, deel, synoniem, schrijfwijze, spelling en breed.";

/// The error for a brace at `at` that belongs to no word.
pub(super) fn stray_brace(c: char, at: usize) -> ParseError {
    ParseError::new(
        at,
        format!(
            "Het teken {c} hoort alleen bij schakelaars, direct achter een gewoon woord (geen frase, =woord, patroon \
             of woord~1). {SWITCH_FORMS} Een aantal uit een lijst schrijft u als 2 VAN (a, b, c). Hoort het teken bij \
             de tekst, zet die dan tussen aanhalingstekens."
        ),
    )
}

/// The switches whose opening brace is at `open`, and the position behind the closing one.
pub(super) fn read_switches(chars: &[char], open: usize) -> Result<(Switches, usize), ParseError> {
    let wrong = |at: usize, what: &str| Err(ParseError::new(at, format!("{what} {SWITCH_FORMS}")));
    let mut switches = Switches::default();
    let mut next = open + 1;
    loop {
        let Some(&c) = chars.get(next) else {
            return wrong(open, "Deze accolade wordt niet gesloten met }.");
        };
        let at = next;
        next += 1;
        match c {
            '}' if switches == Switches::default() => {
                return wrong(open, "Tussen deze accolades staat niets.");
            }
            '}' => return Ok((switches, next)),
            c if c.is_whitespace() || c == ',' => {}
            '+' => {
                let (name, end) = switch_name(chars, next);
                if name != ExpansionKind::Breed.name() {
                    return wrong(at, "Na + kan alleen breed: de andere soorten staan al aan.");
                }
                switches.broad = true;
                next = end;
            }
            c if later::is_dash(c) && chars.get(next).is_some_and(|&c| is_quote(c)) => {
                let (word, end) = switched_word(chars, next)?;
                switches.without.insert(word);
                next = end;
            }
            c if later::is_dash(c) => {
                let (name, end) = switch_name(chars, next);
                let kind = ExpansionKind::ALL
                    .into_iter()
                    .find(|kind| kind.name() == name);
                let Some(kind) = kind else {
                    let what = format!(
                        "De soort {} bestaat niet. Zet een woord dat u niet wilt tussen aanhalingstekens.",
                        shorten(&name)
                    );
                    return wrong(at, &what);
                };
                switches.off.insert(kind);
                next = end;
            }
            _ => return wrong(at, "Tussen accolades begint elke schakelaar met - of +."),
        }
        if switches.broad && switches.off.contains(&ExpansionKind::Breed) {
            return wrong(
                at,
                "Breed staat hier zowel aan als uit. Kies een van de twee.",
            );
        }
    }
}

fn switch_name(chars: &[char], from: usize) -> (String, usize) {
    let name: String = chars[from..]
        .iter()
        .take_while(|c| c.is_alphanumeric())
        .collect();
    let end = from + name.chars().count();
    (name.to_lowercase(), end)
}

/// The expansion between quotes at `open`, and the position behind it.
fn switched_word(chars: &[char], open: usize) -> Result<(String, usize), ParseError> {
    let inside = &chars[open + 1..];
    let Some(length) = inside.iter().position(|&c| is_quote(c)) else {
        return Err(ParseError::new(
            open,
            "Dit aanhalingsteken wordt niet gesloten. Zet er een achter het woord.",
        ));
    };
    let written: String = inside[..length].iter().collect();
    let word = written.split_whitespace().collect::<Vec<_>>().join(" ");
    if !searchable(&word) || word.contains(is_wildcard) {
        return Err(ParseError::new(
            open,
            "Tussen deze aanhalingstekens hoort een woord zonder jokertekens, zoals toeslag{-\"huurtoeslag\"}.",
        ));
    }
    Ok((word, open + length + 2))
}
