//! How wide the columns of a table are: as wide as their text when that fits, else each its words and a share of the
//! rest. Never wider together than the page.

use super::letters::Letters;
use super::{BREEDTE, CELRAND, KLEIN, VET};
use crate::uitvoer::verantwoording::tekst::Tabel;

/// No column gets more for its longest word than this part of the page, as long as others need it.
const WORD_AT_MOST: f64 = 0.25;

/// Every column has room for a letter.
const LEAST: f64 = 2.0 * KLEIN;

/// What a column asks for.
#[derive(Clone, Copy, Default)]
struct Wish {
    line: f64,
    word: f64,
}

/// The room for text in each column, in points.
pub fn widths(letters: &mut Letters, tabel: &Tabel) -> Vec<f64> {
    let cells = tabel.rijen.iter().map(Vec::len);
    let columns = cells.chain([tabel.koppen.len(), 1]).max().unwrap_or(1);
    let mut wishes = vec![Wish::default(); columns];
    let mut ask = |at: usize, text: &str, size: f64| {
        let (line, word) = letters.widths(text);
        if let Some(wish) = wishes.get_mut(at) {
            wish.line = wish.line.max(line * size);
            wish.word = wish.word.max(word * size);
        }
    };
    for (at, (name, _)) in tabel.koppen.iter().enumerate() {
        ask(at, name, KLEIN * VET);
    }
    for (at, cel) in tabel.rijen.iter().flat_map(|rij| rij.iter().enumerate()) {
        ask(at, cel, KLEIN);
    }
    share(&wishes, BREEDTE - columns as f64 * 2.0 * CELRAND)
}

fn share(wishes: &[Wish], room: f64) -> Vec<f64> {
    let line = |wish: &Wish| wish.line.max(LEAST);
    if wishes.iter().map(line).sum::<f64>() <= room {
        return wishes.iter().map(line).collect();
    }
    let word = |wish: &Wish| wish.word.clamp(LEAST, room * WORD_AT_MOST);
    let words: f64 = wishes.iter().map(word).sum();
    let least = LEAST * wishes.len() as f64;
    if words >= room {
        let part = (room - least).max(0.0) / (words - least).max(1.0);
        let width = |wish: &Wish| LEAST + (word(wish) - LEAST) * part;
        return wishes.iter().map(width).collect();
    }
    // One endless text does not take everything from the others.
    let more = |wish: &Wish| (line(wish).min(room) - word(wish)).max(0.0);
    let wanted: f64 = wishes.iter().map(more).sum::<f64>().max(1.0);
    let left = room - words;
    let width = |wish: &Wish| word(wish) + left * more(wish) / wanted;
    wishes.iter().map(width).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn columns_fill_no_more_than_the_page_and_none_vanishes(
            sizes in prop::collection::vec((0.0..1e6_f64, 0.0..1e6_f64), 1..12),
        ) {
            let wishes: Vec<Wish> = sizes
                .into_iter()
                .map(|(a, b)| Wish { line: a.max(b), word: a.min(b) })
                .collect();
            let widths = share(&wishes, 400.0);
            prop_assert_eq!(widths.len(), wishes.len());
            prop_assert!(widths.iter().sum::<f64>() <= 400.001, "{:?}", widths);
            prop_assert!(widths.iter().all(|width| *width >= LEAST), "{:?}", widths);
        }
    }
}
