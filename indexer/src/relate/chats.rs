//! One conversation as two phones exported it: half of the messages of the shorter one are in the other, at the same
//! minute or the one beside it. Names do not count: each phone has its own for the same person. Never looks at what
//! is no chat.

use super::union::Union;
use super::{Texts, equal};
use crate::enrich::word_hashes;
use std::collections::{HashMap, HashSet};
use zv_shared::index::{IndexError, RelationTable};
use zv_shared::message::messages;

/// Fewer messages than this in common may be chance.
const FEWEST: usize = 3;

pub(super) fn join(
    table: &dyn RelationTable,
    texts: &Texts<'_>,
    union: &mut Union,
) -> Result<(), IndexError> {
    let mut all: Vec<(u64, u32)> = Vec::new();
    let mut sizes: HashMap<u32, usize> = HashMap::new();
    for row in (0..table.len()).filter(|&row| table.is_chat(row)) {
        let marks = marks(&texts.of_id(table.id(row))?);
        sizes.insert(row, marks.len());
        all.extend(marks.into_iter().flatten().map(|mark| (mark, row)));
    }
    all.sort_unstable();
    all.dedup();
    let mut common: HashMap<(u32, u32), usize> = HashMap::new();
    for group in equal(&all) {
        for (i, (_, a)) in group.iter().enumerate() {
            for (_, b) in &group[i + 1..] {
                *common.entry((*a, *b)).or_default() += 1;
            }
        }
    }
    for ((a, b), number) in common {
        let shorter = sizes[&a].min(sizes[&b]);
        // A message of the same minute has two marks in common, of the minute beside it one.
        if number >= FEWEST && number >= shorter.div_ceil(2) {
            union.join(a, b);
        }
    }
    Ok(())
}

/// Each message in two ways: with its minute rounded down to an even one, and to an odd one. Two messages of which
/// the minutes differ by one have one of them in common.
fn marks(text: &str) -> Vec<[u64; 2]> {
    let mut seen = HashSet::new();
    text.split('\u{c}')
        .flat_map(messages)
        .filter_map(|(_, message)| {
            message.sender?;
            let minute = minute(message.moment)?;
            let words = word_hashes(spoken(message.text)).fold(0_u64, |all, word| {
                all.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ word
            });
            let mark = |minute: u64| words ^ minute.wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let both = [mark(minute & !1), mark((minute + 1) & !1 | 1 << 40)];
            seen.insert(both).then_some(both)
        })
        .collect()
}

/// The text without the marks behind it: each phone names an attachment in its own way.
fn spoken(text: &str) -> &str {
    const MARKS: [&str; 4] = ["(bijlage:", "(media weggelaten)", "(bewerkt)", "(reactie:"];
    let first = MARKS.iter().filter_map(|mark| text.find(mark)).min();
    &text[..first.unwrap_or(text.len())]
}

/// Minutes since the year 0, by a calendar in which every month has 31 days: only differences within a day count.
fn minute(moment: &str) -> Option<u64> {
    let field = |range: std::ops::Range<usize>| moment.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (field(0..4)?, field(5..7)?, field(8..10)?);
    let (hour, minute) = (field(11..13)?, field(14..16)?);
    Some((((year * 12 + month) * 31 + day) * 24 + hour) * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_a_minute_apart_share_a_mark_and_others_none() {
        let marks_at = |minute: &str| {
            let text = format!("[2024-03-15 14:{minute}] Jan: De kade is klaar\n");
            marks(&text)[0].into_iter().collect::<HashSet<u64>>()
        };
        for (a, b, common) in [
            ("03", "03", 2),
            ("03", "04", 1),
            ("04", "05", 1),
            ("03", "05", 0),
        ] {
            let (a, b) = (marks_at(a), marks_at(b));
            assert_eq!(a.intersection(&b).count(), common);
        }
    }
}
