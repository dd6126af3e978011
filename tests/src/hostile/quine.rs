//! A zip that holds itself, whole and with the right checksum: a small program of DEFLATE that prints itself, as Russ
//! Cox described it. Unpacking it to the end has no end.

use flate2::Crc;

const NAME: &[u8; 30] = b"dit archief bevat zichzelf.zip";
/// What prints twenty bytes again is five bytes itself.
const STEP: usize = 5;

/// The archive.
pub fn quine() -> Vec<u8> {
    // The checksum stands in the file that it is the checksum of. Both depend on each other by exclusive or alone: one
    // equation per bit.
    let sum = |crc: u32| {
        let mut sum = Crc::new();
        sum.update(&with_checksum(crc));
        sum.sum()
    };
    let constant = sum(0);
    let columns: Vec<u32> = (0..32)
        .map(|bit| sum(1 << bit) ^ constant ^ (1 << bit))
        .collect();
    let crc = solve(&columns, constant);
    let file = with_checksum(crc);
    assert_eq!(sum(crc), crc, "the archive does not know its own checksum");
    file
}

fn with_checksum(crc: u32) -> Vec<u8> {
    // The size of the file does not depend on the sizes that stand in it.
    let length = assembled(0, 0, crc).len();
    let start = NAME.len() + 30;
    let tail = tail(0, 0, 0).len() - STEP;
    assembled(length, length - start - tail, crc)
}

fn assembled(size: usize, packed: usize, crc: u32) -> Vec<u8> {
    let head = head(size, packed, crc);
    let tail = tail(size, packed, crc);
    let (first, again) = (literal(head.len() + STEP), repeat(head.len() + STEP));
    assert_eq!(again.len(), STEP, "the name has the wrong length");
    let (four, four_again, nothing) = (literal(4 * STEP), repeat(4 * STEP), literal(0));
    // It repeats itself, too: its length and what it says must agree.
    let last_again = (1..12)
        .map(|length| (length, repeat(tail.len() + length)))
        .find_map(|(length, code)| (code.len() == length).then_some(code))
        .unwrap();
    let last = literal(last_again.len() + tail.len());
    [
        &head[..],
        &first,
        &head,
        &first,
        &again,
        &nothing,
        &nothing,
        &four,
        &again,
        &nothing,
        &nothing,
        &four,
        &four_again,
        &four,
        &four_again,
        &four,
        &four_again,
        &four,
        &four_again,
        &four,
        &four_again,
        &nothing,
        &nothing,
        &last,
        &four_again,
        &nothing,
        &nothing,
        &last,
        &last_again,
        &tail,
        &last_again,
        &tail,
    ]
    .concat()
}

/// What both headers say.
fn fields(size: usize, packed: usize, crc: u32) -> Vec<u8> {
    let mut fields = b"\x14\0\0\0\x08\0\0\0!\0".to_vec();
    for value in [crc, packed as u32, size as u32] {
        fields.extend(value.to_le_bytes());
    }
    fields.extend([NAME.len() as u8, 0, 0, 0]);
    fields
}

fn head(size: usize, packed: usize, crc: u32) -> Vec<u8> {
    [b"PK\x03\x04", fields(size, packed, crc).as_slice(), NAME].concat()
}

/// The end of the packed bytes and the directory.
fn tail(size: usize, packed: usize, crc: u32) -> Vec<u8> {
    let directory = [
        b"PK\x01\x02\x14\0",
        fields(size, packed, crc).as_slice(),
        &[0; 14],
        NAME,
    ]
    .concat();
    let start = (head(0, 0, 0).len() + packed) as u32;
    let mut tail = b"\x01\0\0\xff\xff".to_vec();
    tail.extend(&directory);
    tail.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    tail.extend((directory.len() as u32).to_le_bytes());
    tail.extend(start.to_le_bytes());
    tail.extend([0, 0]);
    tail
}

/// "Print the next `count` bytes."
fn literal(count: usize) -> Vec<u8> {
    let count = count as u16;
    [&[0], &count.to_le_bytes()[..], &(!count).to_le_bytes()].concat()
}

/// "Print the last `count` bytes again", in whole bytes: in one piece or two, with empty blocks behind.
fn repeat(count: usize) -> Vec<u8> {
    let pieces =
        std::iter::once(vec![count]).chain((3..=count / 2).map(|one| vec![one, count - one]));
    let mut best: Option<Vec<bool>> = None;
    for pieces in pieces {
        let mut bits = vec![false, true, false];
        for length in pieces {
            copy(&mut bits, length, count);
        }
        bits.extend([false; 7]);
        while bits.len() % 8 != 0 && bits.len() < 96 {
            bits.extend([false, true, false]);
            bits.extend([false; 7]);
        }
        if bits.len() % 8 == 0 && best.as_ref().is_none_or(|best| bits.len() < best.len()) {
            best = Some(bits);
        }
    }
    let bits = best.unwrap();
    bits.chunks(8)
        .map(|bits| {
            bits.iter()
                .rev()
                .fold(0, |byte, bit| byte << 1 | u8::from(*bit))
        })
        .collect()
}

/// The code for `length` bytes from `distance` back.
fn copy(bits: &mut Vec<bool>, length: usize, distance: usize) {
    assert!((3..258).contains(&length) && distance <= 32768);
    // Codes go by powers of two, so many codes to each.
    let (code, extra, rest) = steps(length - 3, 4);
    let code = 257 + code;
    match code {
        ..280 => high_first(bits, code - 256, 7),
        _ => high_first(bits, 0b1100_0000 + code - 280, 8),
    }
    low_first(bits, rest, extra);
    let (code, extra, rest) = steps(distance - 1, 2);
    high_first(bits, code, 5);
    low_first(bits, rest, extra);
}

/// The number of the code for `value`, its extra bits and what stands in them.
fn steps(value: usize, per_power: usize) -> (usize, usize, usize) {
    if value < 2 * per_power {
        return (value, 0, 0);
    }
    let extra = (value / per_power).ilog2() as usize;
    let code = per_power * extra + (value >> extra);
    (code, extra, value & ((1 << extra) - 1))
}

fn high_first(bits: &mut Vec<bool>, value: usize, count: usize) {
    bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
}

fn low_first(bits: &mut Vec<bool>, value: usize, count: usize) {
    bits.extend((0..count).map(|bit| value >> bit & 1 == 1));
}

/// The number whose bits choose the columns that together give `wanted`.
fn solve(columns: &[u32], wanted: u32) -> u32 {
    let mut rows: Vec<(u32, bool)> = (0..32)
        .map(|row| {
            let row_of = |column: &u32| column >> row & 1;
            let bits = columns
                .iter()
                .rev()
                .fold(0, |bits, column| bits << 1 | row_of(column));
            (bits, wanted >> row & 1 == 1)
        })
        .collect();
    let mut found = 0;
    for bit in 0..32 {
        // A bit that no equation decides may be anything.
        let Some(row) = (found..32).find(|row| rows[*row].0 >> bit & 1 == 1) else {
            continue;
        };
        rows.swap(found, row);
        let (chosen, value) = rows[found];
        for (at, row) in rows.iter_mut().enumerate() {
            if at != found && row.0 >> bit & 1 == 1 {
                row.0 ^= chosen;
                row.1 ^= value;
            }
        }
        found += 1;
    }
    rows[..found]
        .iter()
        .filter(|(_, value)| *value)
        .fold(0, |answer, (bits, _)| answer | 1 << bits.trailing_zeros())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    #[test]
    fn what_comes_out_is_what_went_in() {
        let packed = super::quine();
        let mut archive = zip::ZipArchive::new(Cursor::new(&packed)).unwrap();
        let mut inside = Vec::new();
        // Reading to the end checks the checksum.
        archive
            .by_index(0)
            .unwrap()
            .read_to_end(&mut inside)
            .unwrap();
        assert_eq!(inside, packed);
    }
}
