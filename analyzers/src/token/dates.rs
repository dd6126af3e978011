//! Dates with a year of two digits within a longer written word: `nota_05-01-23`. Owns which parts are one; what a short
//! year means is for a question to say.

use crate::words::{Part, Words};

/// The parts of a date.
const PARTS: usize = 3;
/// What stands between them.
const SIGNS: [u8; 3] = *b"-/.";

/// The parts from number `at` on, when they are figures like `05-01-23` that stand by themselves in a longer word.
/// Never of a longer row of figures: `06-12-34-56` and `10.0.0.12` are no dates.
pub(super) fn short_date<'p>(words: &'p Words<'_>, at: usize) -> Option<&'p [Part]> {
    let parts = words.parts.as_slice();
    let date = parts.get(at..at + PARTS)?;
    let [day, month, year] = date else {
        return None;
    };
    let digits = |part: &Part| {
        let letters = &words.text.as_bytes()[part.from..part.to];
        letters
            .iter()
            .all(u8::is_ascii_digit)
            .then_some(letters.len())
    };
    let sign = month.joiner;
    let is_date = SIGNS.contains(&sign)
        && year.joiner == sign
        && [day, month]
            .iter()
            .all(|part| digits(part).is_some_and(|length| length <= 2))
        && digits(year) == Some(2);
    let before = at.checked_sub(1).and_then(|at| parts.get(at));
    let goes_on = |part: &Part| digits(part).is_some();
    let row = before.is_some_and(|part| day.joiner == sign && goes_on(part))
        || parts
            .get(at + PARTS)
            .is_some_and(|part| part.joiner == sign && goes_on(part));
    (is_date && !row && words.complete && parts.len() > PARTS).then_some(date)
}
