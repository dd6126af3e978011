//! Words that are also written without their joiners: `woo-verzoek`, `b.v.`, `1.250.000`. Owns which words these are.

use super::{Derived, Hyphens, write_part};
use crate::fold::is_one_letter;
use crate::term::TermWriter;
use crate::words::{Part, Words};

/// The most parts that are also written as one word.
const MAX_JOINED: usize = 8;

/// The parts of a word without the cents of an amount.
fn without_cents<'p>(words: &'p Words<'_>) -> &'p [Part] {
    match words.parts.as_slice() {
        [whole @ .., cents] if cents.joiner == b',' && whole.len() > 1 => whole,
        all => all,
    }
}

/// The groups of three digits, the first perhaps shorter, of a number with full stops; none of any other word.
pub(super) fn thousands<'p>(words: &'p Words<'_>) -> &'p [Part] {
    let digits = |part: &Part| {
        let letters = &words.text.as_bytes()[part.from..part.to];
        letters
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(letters.len())
    };
    let parts = without_cents(words);
    match parts {
        [first, rest @ ..]
            if words.complete
                && (1..MAX_JOINED).contains(&rest.len())
                && digits(first).is_some_and(|length| length <= 3)
                && rest
                    .iter()
                    .all(|part| part.joiner == b'.' && digits(part) == Some(3)) =>
        {
            parts
        }
        _ => &[],
    }
}

/// Writes a written word without its joiners, when people also write it so: `woo-verzoek`, `e-mail`, `b.v.`,
/// `1.250.000`. Of an amount the cents are left out. Never for `5.1` or `2023/4567`.
pub(super) fn write_joined(derived: &mut Derived, words: &Words<'_>) -> bool {
    let parts = without_cents(words);
    let Some((_, rest)) = parts.split_first() else {
        return false;
    };
    let joined_by = |joiner: u8| rest.iter().all(|part| part.joiner == joiner);
    let initials = || {
        parts.iter().all(|part| {
            let letter = &words.text[part.from..part.to];
            is_one_letter(letter) && !letter.bytes().all(|byte| byte.is_ascii_digit())
        })
    };
    let joins = parts.len() <= MAX_JOINED
        && (joined_by(b'-')
            || joined_by(b'\'')
            || joined_by(b'.') && (!thousands(words).is_empty() || initials()));
    if !joins || rest.is_empty() {
        return false;
    }
    let mut base = TermWriter::new(&mut derived.base);
    for (i, part) in parts.iter().enumerate() {
        let last = i + 1 == parts.len();
        write_part(&mut base, words, part, Hyphens::None, last);
    }
    base.as_mut().is_some()
}
