//! Language of a text. Owns which sample of a text is looked at and when it is too little to tell. Never
//! reads more than the beginning of a text, and never influences terms.

use lingua::{LanguageDetector, LanguageDetectorBuilder};
use std::sync::LazyLock;

/// How much is looked at: more costs time and does not change the answer.
const SAMPLE_CHARS: usize = 250;

/// A longer text is sampled behind its beginning, past letterheads and title pages.
const SKIPPED_BYTES: usize = 1_000;

/// How far letters are looked for, so that a text of numbers costs no more than another.
const WINDOW_BYTES: usize = 32_000;

/// Fewer words do not tell a language.
const MIN_WORDS: usize = 4;

/// How much likelier than the next the first language must be.
const MIN_DISTANCE: f64 = 0.1;

/// The languages that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Language {
    /// Dutch.
    Nl,
    /// English.
    En,
    /// German.
    De,
    /// French.
    Fr,
}

impl Language {
    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Language::Nl => "nl",
            Language::En => "en",
            Language::De => "de",
            Language::Fr => "fr",
        }
    }
}

static DETECTOR: LazyLock<LanguageDetector> = LazyLock::new(|| {
    use lingua::Language::{Dutch, English, French, German};
    LanguageDetectorBuilder::from_languages(&[Dutch, English, German, French])
        .with_minimum_relative_distance(MIN_DISTANCE)
        .build()
});

/// The language of `text`, or `None` when it has too few words to tell.
pub fn detect_language(text: &str) -> Option<Language> {
    let inside = if text.len() > 4 * SKIPPED_BYTES {
        sample(text, SKIPPED_BYTES)
    } else {
        None
    };
    match DETECTOR.detect_language_of(inside.or_else(|| sample(text, 0))?)? {
        lingua::Language::Dutch => Some(Language::Nl),
        lingua::Language::English => Some(Language::En),
        lingua::Language::German => Some(Language::De),
        lingua::Language::French => Some(Language::Fr),
    }
}

/// The first words of only letters at or after byte `from`; `None` when there are too few.
fn sample(text: &str, from: usize) -> Option<String> {
    let (from, to) = (
        text.ceil_char_boundary(from),
        text.floor_char_boundary(from.saturating_add(WINDOW_BYTES)),
    );
    let mut words = String::new();
    let mut count = 0;
    for word in text.get(from..to)?.split_whitespace() {
        let word = word.trim_matches(|c: char| !c.is_alphabetic());
        // Numbers, addresses and places on a drive say nothing.
        if word.is_empty() || !word.chars().all(|c| c.is_alphabetic() || "-'’".contains(c)) {
            continue;
        }
        words.extend(word.chars().take(SAMPLE_CHARS));
        words.push(' ');
        count += 1;
        if words.len() >= SAMPLE_CHARS {
            break;
        }
    }
    (count >= MIN_WORDS).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_is_told_from_a_few_sentences() {
        for (text, expected) in [
            (
                "De minister heeft het verzoek om openbaarmaking gedeeltelijk toegewezen.",
                Language::Nl,
            ),
            (
                "The committee asked for all documents on the subject since last year.",
                Language::En,
            ),
            (
                "Der Ausschuss hat die Unterlagen gestern an das Ministerium geschickt.",
                Language::De,
            ),
            (
                "Le ministère a refusé la demande parce que le dossier est confidentiel.",
                Language::Fr,
            ),
        ] {
            assert_eq!(detect_language(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn too_few_words_tell_nothing() {
        for text in [
            "",
            "   ",
            "2023/4567 12,50",
            "Het besluit",
            "@ # $ %",
            "\u{FFFD}\u{FFFD}",
        ] {
            assert_eq!(detect_language(text), None, "{text}");
        }
    }

    #[test]
    fn noise_and_letterheads_do_not_hide_the_language() {
        let numbers = "12.345,67 | 2023-01-01 | ".repeat(100);
        let text =
            format!("{numbers} De gemeente heeft de aanvraag van de stichting op tijd ontvangen.");
        assert_eq!(detect_language(&text), Some(Language::Nl));
        let letterhead = "Department of the Interior, Office of the Secretary. ".repeat(12);
        let body = "Wij hebben uw brief over de subsidie voor het museum ontvangen en behandeld. "
            .repeat(60);
        assert_eq!(detect_language(&(letterhead + &body)), Some(Language::Nl));
    }

    #[test]
    fn a_long_text_whose_middle_is_numbers_is_judged_by_its_beginning() {
        let text = format!(
            "Hieronder staan de bedragen die het ministerie betaalde. {}",
            "123 456 ".repeat(100_000)
        );
        assert_eq!(detect_language(&text), Some(Language::Nl));
    }
}
