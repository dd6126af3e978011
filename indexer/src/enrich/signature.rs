//! A MinHash of a text (Broder 1997): texts that share most of their runs of four words get signatures that are
//! mostly equal. Pure arithmetic; changing it means raising `ENRICH_VERSION`.

use zv_shared::Signature;
use zv_shared::relation::SIGNATURE_ROWS;

/// Words that are looked at together.
const RUN: usize = 4;
/// Shorter texts say too little to be called nearly the same.
const FEWEST_WORDS: usize = 20;
const PRIME: u64 = 0x0000_0100_0000_01b3;
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The signature of the words in `texts`, taken as one text.
pub fn signature<'t>(texts: impl Iterator<Item = &'t str>) -> Option<Signature> {
    let mut lowest = [u32::MAX; SIGNATURE_ROWS];
    let mut run = [0_u64; RUN];
    let mut words = 0;
    for word in texts.flat_map(word_hashes) {
        run.rotate_left(1);
        run[RUN - 1] = word;
        words += 1;
        if words >= RUN {
            let joined = run.iter().fold(OFFSET, |hash, word| mixed(hash ^ word));
            lower(&mut lowest, joined);
        }
    }
    (words >= FEWEST_WORDS).then(|| {
        let bytes = lowest.map(|row| row as u8);
        let mut rows = [0; SIGNATURE_ROWS / 8];
        for (row, bytes) in rows.iter_mut().zip(bytes.as_chunks::<8>().0) {
            *row = u64::from_le_bytes(*bytes);
        }
        Signature(rows)
    })
}

/// Each row keeps the lowest of a hash of its own: the upper half of a product with an odd number.
fn lower(lowest: &mut [u32; SIGNATURE_ROWS], hash: u64) {
    let mut factor = GOLDEN;
    for row in lowest {
        *row = (*row).min((hash.wrapping_mul(factor) >> 32) as u32);
        factor = factor.wrapping_mul(PRIME).wrapping_add(GOLDEN << 1) | 1;
    }
}

fn mixed(mut hash: u64) -> u64 {
    hash = (hash ^ hash >> 32).wrapping_mul(GOLDEN);
    (hash ^ hash >> 29).wrapping_mul(0xbf58_476d_1ce4_e5b9)
}

/// The hashes of the words of a text: letters and digits, in lower case.
pub fn word_hashes(text: &str) -> impl Iterator<Item = u64> + '_ {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let letters = word.chars().flat_map(char::to_lowercase);
            letters.fold(OFFSET, |hash, letter| {
                (hash ^ u64::from(u32::from(letter))).wrapping_mul(PRIME)
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Signature {
        signature(std::iter::once(text)).unwrap()
    }

    fn words(numbers: std::ops::Range<usize>) -> String {
        let words: Vec<String> = numbers.map(|number| format!("woord{number}")).collect();
        words.join(" ")
    }

    #[test]
    fn signatures_tell_how_much_two_texts_share() {
        let whole = of(&words(0..400));
        assert_eq!(whole.equal_rows(&of(&words(0..400).to_uppercase())), 64);
        // 360 of 400 words: 357 of 437 runs are shared, .82.
        let later = whole.equal_rows(&of(&words(20..420)));
        assert!((50..64).contains(&later), "{later}");
        let other = whole.equal_rows(&of(&words(1000..1400)));
        assert!(other < 8, "{other}");
    }

    #[test]
    fn the_share_is_estimated_without_bias() {
        // 100 texts that share a third of what they have together.
        let equal: u32 = (0..100)
            .map(|i| {
                let start = i * 1000;
                of(&words(start..start + 200)).equal_rows(&of(&words(start + 100..start + 300)))
            })
            .sum();
        let share = f64::from(equal) / 6400.0;
        assert!((0.28..0.38).contains(&share), "{share}");
    }

    #[test]
    fn a_text_of_a_few_words_has_none() {
        assert_eq!(signature(["een paar woorden maar"].into_iter()), None);
        assert!(signature([words(0..10), words(10..20)].iter().map(String::as_str)).is_some());
    }
}
