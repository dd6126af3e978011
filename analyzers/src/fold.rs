//! Character folding. Owns what a single character is to the tokenizer (letter, digit, joiner, ignored, ...)
//! and what it becomes in a term. Works per original character, so that byte offsets always map back; never
//! looks at neighbours and never knows of words.

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// What a character is to the tokenizer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Ends words and appears in none.
    Separator,
    /// U+001E: ends words and makes positions jump.
    Gap,
    /// A lower-case letter.
    Lower,
    /// Any other letter.
    Letter,
    /// A digit or another number sign.
    Digit,
    /// A word by itself: ideographs and kana, which are written without spaces.
    Single,
    /// Invisible inside words: combining marks, soft hyphens, zero-width characters.
    Ignored,
    /// Joins two runs when it stands alone between them; the form it takes in a term.
    Joiner(u8),
}

impl Class {
    /// Whether the character belongs to a run of letters and digits.
    pub(crate) fn is_run(self) -> bool {
        matches!(self, Class::Lower | Class::Letter | Class::Digit)
    }
}

/// The classes of ASCII, so that plain text needs one table lookup per byte.
pub(crate) static ASCII: [Class; 128] = ascii_classes();

const fn ascii_classes() -> [Class; 128] {
    let mut table = [Class::Separator; 128];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = match byte {
            b'a'..=b'z' => Class::Lower,
            b'A'..=b'Z' => Class::Letter,
            b'0'..=b'9' => Class::Digit,
            b'-' | b'/' | b'.' | b'@' | b'_' | b'&' | b',' | b':' => Class::Joiner(byte),
            // A grave accent (and U+00B4) between letters is a mistyped apostrophe.
            b'\'' | b'`' => Class::Joiner(b'\''),
            0x1E => Class::Gap,
            _ => Class::Separator,
        };
        byte += 1;
    }
    table
}

/// The class of any character. Canonically equivalent spellings get equivalent classes.
pub(crate) fn classify(c: char) -> Class {
    match c {
        '\0'..='\x7F' => ASCII[c as usize],
        '\u{AD}' | '\u{200B}'..='\u{200D}' | '\u{2060}' | '\u{FEFF}' => Class::Ignored,
        '\u{2010}' | '\u{2011}' | '\u{2013}' => Class::Joiner(b'-'),
        '\u{2018}' | '\u{2019}' | '\u{2BC}' | '\u{B4}' | '\u{1FEF}' | '\u{1FFD}' => {
            Class::Joiner(b'\'')
        }
        // Marks on a word, not part of it, although they decompose into letters.
        '\u{2120}' | '\u{2122}' => Class::Separator,
        // The usual ones, for speed: white space, quotation marks, dashes, bullets.
        '\u{A0}' | '\u{D7}' | '\u{F7}' | '\u{2000}'..='\u{206F}' => Class::Separator,
        '\u{C0}'..='\u{24F}' => letter(c),
        _ if is_combining_mark(c) => Class::Ignored,
        _ => classify_folded(c),
    }
}

fn letter(c: char) -> Class {
    if c.is_lowercase() {
        Class::Lower
    } else {
        Class::Letter
    }
}

/// The class follows from what the character becomes, so that `²` is a digit and `㎏` are letters.
fn classify_folded(c: char) -> Class {
    let mut first = None;
    fold_char(c, |folded| {
        first.get_or_insert(folded);
    });
    match first {
        // Signs that decompose into nothing but marks, such as the half-width voiced sound mark.
        None if c.is_alphanumeric() => Class::Ignored,
        None => Class::Separator,
        Some(folded) if is_single(folded) => Class::Single,
        Some(folded) if folded.is_numeric() => Class::Digit,
        Some(_) => letter(c),
    }
}

/// Ideographs and kana.
fn is_single(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{3038}'..='\u{303C}'
        | '\u{3041}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{1AFF0}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Emits what `c` becomes in a term: NFKD without marks, lower case, and the letters that have no
/// decomposition but do have a usual spelling in plain letters.
pub(crate) fn fold_char(c: char, mut emit: impl FnMut(char)) {
    if c.is_ascii() {
        if c.is_ascii_alphanumeric() {
            emit(c.to_ascii_lowercase());
        }
        return;
    }
    decompose_compatible(c, |part| {
        if part.is_ascii_alphanumeric() {
            emit(part.to_ascii_lowercase());
        } else if !is_combining_mark(part) && part.is_alphanumeric() {
            part.to_lowercase()
                .for_each(|lower| emit_plain(lower, &mut emit));
        }
    });
}

/// Whether `text` is a single letter or digit, with or without marks.
pub(crate) fn is_one_letter(text: &str) -> bool {
    let mut folded = 0;
    text.chars()
        .take_while(|c| {
            fold_char(*c, |_| folded += 1);
            folded < 2
        })
        .for_each(drop);
    folded == 1
}

fn emit_plain(c: char, emit: &mut impl FnMut(char)) {
    let plain = match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'đ' => "d",
        'ł' => "l",
        'ı' => "i",
        // Final sigma: lower-casing per character cannot know that it is final.
        'ς' => "σ",
        // The apostrophe inside U+0149 counts as a letter in Unicode, but not here.
        '\u{2BC}' => "",
        _ if is_combining_mark(c) => "",
        _ => return emit(c),
    };
    plain.chars().for_each(emit);
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    fn fold(text: &str) -> String {
        let mut out = String::new();
        text.chars().for_each(|c| fold_char(c, |f| out.push(f)));
        out
    }

    #[test]
    fn letters_become_plain_lower_case() {
        for (text, expected) in [
            ("Één", "een"),
            ("coördinatoren", "coordinatoren"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Æsop Œuvre", "aesopoeuvre"),
            ("Ørsted Đorđe Łódź Þór", "orsteddordelodzthor"),
            ("İstanbul ısı", "istanbulisi"),
            ("ĳs Ĳsland", "ijsijsland"),
            ("ﬁnanciën ﬂat", "financienflat"),
            ("m² ㎏ ½", "m2kg12"),
            ("ΟΔΟΣ οδος", "οδοσοδοσ"),
            ("ŉ", "n"),
        ] {
            assert_eq!(fold(text), expected, "{text}");
        }
    }

    #[test]
    fn every_character_folds_to_something_stable_and_in_line_with_its_class() {
        for c in '\0'..=char::MAX {
            let once = fold(c.encode_utf8(&mut [0; 4]));
            assert_eq!(fold(&once), once, "{c:?} folds further");
            let class = classify(c);
            let in_words = class.is_run() || matches!(class, Class::Single | Class::Ignored);
            assert!(
                in_words || once.is_empty() || "℠™".contains(c),
                "{c:?} is lost"
            );
            if class.is_run() || class == Class::Single {
                assert!(!once.is_empty(), "{c:?} is in words but has no term");
            }
            assert!(
                once.chars()
                    .all(|f| classify(f).is_run() || classify(f) == Class::Single),
                "{c:?} {once:?}"
            );
        }
    }

    #[test]
    fn canonically_equivalent_spellings_have_equivalent_classes() {
        for c in '\0'..=char::MAX {
            let mut parts = c.nfd();
            let first = parts.next().unwrap();
            assert_eq!(classify(c), classify(first), "{c:?}");
            // Hangul syllables and a few vowels are made of letters, all others of a letter and marks.
            let made_of_letters = c.nfd().all(|p| classify(p) == Class::Letter);
            assert!(
                made_of_letters || parts.all(|p| classify(p) == Class::Ignored),
                "{c:?}"
            );
        }
    }
}
