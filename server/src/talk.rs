//! A conversation by message: where each message stands in the text, and whether its day lies in the period that
//! was asked for. Never reads an export and never makes a page.

use std::ops::Range;
use zv_shared::index::{DateField, FacetField, Search};
use zv_shared::message::{Message, messages};
use zv_shared::{PartialDate, Query};

/// The text of a conversation, taken apart.
pub struct Talk<'t> {
    text: &'t str,
    /// Where each message stands, in order.
    ranges: Vec<Range<usize>>,
}

impl<'t> Talk<'t> {
    /// Takes `text` apart.
    pub fn new(text: &'t str) -> Self {
        let mut ranges = Vec::new();
        let mut offset = 0;
        for page in text.split('\u{c}') {
            let moved = |(range, _): (Range<usize>, _)| offset + range.start..offset + range.end;
            ranges.extend(messages(page).map(moved));
            offset += page.len() + 1;
        }
        Talk { text, ranges }
    }

    /// Number of messages.
    pub fn len(&self) -> usize {
        self.ranges.len()
    }

    /// Where message `number` (from 0) stands.
    pub fn range(&self, number: usize) -> Range<usize> {
        let end = self.text.len();
        self.ranges.get(number).cloned().unwrap_or(end..end)
    }

    /// Message `number`.
    pub fn message(&self, number: usize) -> Message<'t> {
        message(&self.text[self.range(number)])
    }

    /// The day of message `number`; empty when it has none.
    pub fn day(&self, number: usize) -> &'t str {
        day(self.message(number).moment)
    }

    /// The message in which byte `at` stands.
    pub fn at(&self, at: usize) -> usize {
        self.ranges.partition_point(|range| range.end <= at)
    }

    /// The page on which message `number` stands, from 1.
    pub fn page(&self, number: usize) -> u32 {
        let before = &self.text.as_bytes()[..self.range(number).start];
        let pages = before.iter().filter(|byte| **byte == 0x0c).count();
        u32::try_from(pages + 1).unwrap_or(u32::MAX)
    }

    /// The messages in which something of `marks` (in order) stands, in order.
    pub fn hits(&self, marks: &[Range<usize>]) -> Vec<usize> {
        let mut hits: Vec<usize> = marks.iter().map(|mark| self.at(mark.start)).collect();
        hits.dedup();
        hits.retain(|hit| *hit < self.ranges.len());
        hits
    }
}

/// The first message of `text`; that of nothing is empty.
pub fn message(text: &str) -> Message<'_> {
    let none = Message {
        moment: "",
        sender: None,
        text: "",
    };
    messages(text).next().map_or(none, |(_, message)| message)
}

/// The day of a moment.
fn day(moment: &str) -> &str {
    moment.get(..10).unwrap_or_default()
}

/// The days that a search asks for. A conversation matches as a whole, also when what was asked stands on another
/// day than that of the period.
#[derive(Clone, Copy, Default)]
pub struct Period<'s>(Option<&'s Search>);

impl<'s> Period<'s> {
    /// What `search` says of days; nothing when its dates are not those of messages.
    pub fn of(search: Option<&'s Search>) -> Self {
        Period(
            search.filter(|search| {
                matches!(search.dates.field, DateField::Datum | DateField::Verzonden)
            }),
        )
    }

    /// Whether `day` (`2024-03-15`) lies outside. A message without a day never does.
    pub fn excludes(self, day: &str) -> bool {
        let (Some(search), Some(date)) = (self.0, PartialDate::parse(day)) else {
            return false;
        };
        let chosen = |field: FacetField| {
            let values = search.filters.get(&field)?;
            Some(values.iter().any(|value| day.starts_with(value.as_str())))
        };
        fits(&search.query, date) == Some(false)
            || chosen(FacetField::Jaar) == Some(false)
            || chosen(FacetField::Maand) == Some(false)
    }
}

/// What the periods in `query` say of `day`: `None` when they say nothing.
fn fits(query: &Query, day: PartialDate) -> Option<bool> {
    match query {
        Query::Date(span) => {
            let day = day.days();
            let after = span.from.is_none_or(|from| from.days().first <= day.last);
            Some(after && span.to.is_none_or(|to| day.first <= to.days().last))
        }
        Query::And(parts) => {
            let said = || parts.iter().filter_map(|part| fits(part, day));
            said().next().map(|_| said().all(|fits| fits))
        }
        // A part that says nothing of days may be why the document was found.
        Query::Or(parts) => {
            let said: Option<Vec<bool>> = parts.iter().map(|part| fits(part, day)).collect();
            said.map(|said| said.contains(&true))
        }
        Query::Not(inner) => fits(inner, day).map(|fits| !fits),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::Question;

    const TEXT: &str = "[2024-03-15 14:03] Jan: De kade\n  is hoog\n[2024-03-15 14:04] * Els is erbij\n\u{c}\
                        [2024-03-16 09:00] Els: Ja\n";

    #[test]
    fn messages_are_numbered_over_the_days() {
        let talk = Talk::new(TEXT);
        assert_eq!(talk.len(), 3);
        assert_eq!(talk.message(1).sender, None);
        assert_eq!((talk.day(2), talk.page(2)), ("2024-03-16", 2));
        let at = |word: &str| TEXT.find(word).map(|at| talk.at(at));
        assert_eq!(
            (at("hoog"), at("erbij"), at("Ja\n")),
            (Some(0), Some(1), Some(2))
        );
        assert_eq!(talk.hits(&[1..2, 5..6, 60..61]), [0, 1]);
        assert_eq!((Talk::new("").len(), talk.message(9).text), (0, ""));
    }

    #[test]
    fn a_period_says_which_days_were_not_asked_for() {
        let excludes = |vraag: &str, day: &str| {
            let question = Question {
                vraag: vraag.into(),
                ..Question::default()
            };
            let search = question.search(&Default::default()).expect(vraag);
            Period::of(Some(&search)).excludes(day)
        };
        for (question, inside, outside) in [
            ("kade datum:2024-03-15", true, false),
            ("kade", true, true),
            ("kade OF datum:2024-03-15", true, true),
            ("datum:2024-03-15 OF datum:2024-03-16", true, true),
            ("kade NIET datum:2024-03-16", true, false),
            (
                "datum:[2024-03-15 TO *] datum:[* TO 2024-03-15]",
                true,
                false,
            ),
        ] {
            assert_eq!(!excludes(question, "2024-03-15"), inside, "{question}");
            assert_eq!(!excludes(question, "2024-03-16"), outside, "{question}");
            assert!(!excludes(question, ""), "{question}");
        }
    }
}
