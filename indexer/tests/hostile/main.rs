//! Damaged files of every format, read by real reader processes: cut at every 64th byte, and with flipped bits. No
//! process may die of one, overstep its time or memory, or call whole what was cut off. This program is also the reader
//! process that it starts. With `--zaad NUMBER` it flips bits from that seed on until it is stopped or finds a fault.
#![allow(clippy::unwrap_used, clippy::panic)]

mod binary;
mod chats;
mod images;
mod samples;
#[path = "../support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use samples::Sample;
use zv_indexer::read::{Limits, Outcome};
use zv_indexer::worker::{Reader, ReaderSettings, Reading};

const LIMITS: Limits = Limits {
    text_bytes: 20_000_000,
    children: 5_000,
    children_bytes: 50_000_000,
    seconds: SECONDS,
    ..Limits::STANDARD
};
/// How often bits are flipped in a run of the tests.
const FLIPS: u64 = 10_000;
const SECONDS: u64 = 20;

fn main() -> ExitCode {
    if let Some(code) = zv_indexer::worker::take_over() {
        return code;
    }
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("--zaad") {
        let seed = arguments.next().and_then(|seed| seed.parse().ok());
        return without_end(seed.unwrap_or(1));
    }
    support::run(&[
        ("whole_files_are_read", whole_files_are_read),
        (
            "what_lies_inside_a_file_is_the_same_every_time",
            what_lies_inside_is_the_same,
        ),
        (
            "a_file_cut_anywhere_costs_no_reader_and_is_not_called_whole",
            cut_files,
        ),
        ("ten_thousand_flips_cost_no_reader", flipped_files),
    ])
}

fn reader() -> Reader {
    let spool = std::env::temp_dir().join(format!("zv-vijandig-{}", std::process::id()));
    let settings = ReaderSettings {
        memory: 1 << 30,
        ..ReaderSettings::new(spool)
    };
    Reader::new(settings).unwrap()
}

fn read(reader: &mut Reader, name: &str, bytes: &[u8]) -> Reading {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    reader.read(&file, name, &LIMITS.into()).unwrap()
}

/// Everything that people would find: the text and what lies inside.
fn content(reading: &Reading) -> Vec<Vec<u8>> {
    let child = |child: &zv_indexer::worker::SpooledChild| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut child.open().unwrap(), &mut bytes).unwrap();
        bytes
    };
    let text = reading.text.clone().into_bytes();
    std::iter::once(text)
        .chain(reading.children.iter().map(child))
        .collect()
}

/// Nothing is kept back: the document and all in it is said to be whole.
fn called_whole(reading: &Reading) -> bool {
    reading.outcome == Outcome::Whole
        && reading
            .children
            .iter()
            .all(|child| child.unreadable.is_none())
}

/// Why a reading shows that a process died or was stopped.
fn fatal(reading: &Reading) -> Option<String> {
    let reason = match &reading.outcome {
        Outcome::Whole => return None,
        Outcome::Partial(reason) | Outcome::Unreadable(reason) => reason.to_string(),
    };
    const WORDS: [&str; 6] = [
        "liep vast",
        "stopte onverwacht",
        "niet mag",
        "te diep genest",
        "seconden",
        "werkgeheugen",
    ];
    WORDS
        .iter()
        .any(|word| reason.contains(word))
        .then_some(reason)
}

fn whole_files_are_read() {
    let mut reader = reader();
    let mut wrong = Vec::new();
    for sample in samples::all() {
        let reading = read(&mut reader, sample.name, &sample.bytes);
        if reading.format != sample.format
            || (sample.knows_its_end && !called_whole(&reading) && sample.format != "iwork")
        {
            wrong.push(format!(
                "{}: {} {:?}",
                sample.name, reading.format, reading.outcome
            ));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// An original is found again in its container by its name and its bytes: those may not differ between two readings.
fn what_lies_inside_is_the_same() {
    let (mut first, mut second) = (reader(), reader());
    let mut formats = BTreeMap::new();
    for sample in samples::all() {
        let before = inside(&mut first, sample.name, &sample.bytes, 0);
        let after = inside(&mut second, sample.name, &sample.bytes, 0);
        assert!(before == after, "{}: {before:#?} {after:#?}", sample.name);
        if !before.is_empty() {
            *formats.entry(sample.format).or_insert(0) += before.len();
        }
    }
    println!("children by format: {formats:?}");
    for format in [
        "eml", "mbox", "msg", "pst", "tnef", "p7m", "zip", "tar", "7z", "gz", "rar", "lha", "arj",
    ] {
        assert!(formats.contains_key(format), "{format}: {formats:?}");
    }
}

/// Everything inside a file, however deep: its name and the hash of its bytes.
fn inside(reader: &mut Reader, name: &str, bytes: &[u8], depth: u32) -> Vec<(String, String)> {
    let reading = read(reader, name, bytes);
    let mut all = Vec::new();
    for child in reading.children.iter().filter(|_| depth < 4) {
        let Ok(hash) = child.hash() else {
            all.push((child.name.clone(), format!("{:?}", child.unreadable)));
            continue;
        };
        all.push((child.name.clone(), hash.to_string()));
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut child.open().unwrap(), &mut bytes).unwrap();
        all.extend(inside(reader, &child.name, &bytes, depth + 1));
    }
    all
}

/// What the whole files hold, by name.
fn contents(samples: &[Sample]) -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut reader = reader();
    let content_of = |sample: &Sample| {
        let reading = read(&mut reader, sample.name, &sample.bytes);
        (sample.name, content(&reading))
    };
    samples.iter().map(content_of).collect()
}

/// What a damaged form of a sample is.
struct Case<'s> {
    sample: &'s Sample,
    what: String,
    bytes: Vec<u8>,
}

/// Reads all cases with two readers; the faults found, by what `judge` says of each reading.
fn faults<'s>(
    cases: impl Iterator<Item = Case<'s>> + Send,
    judge: impl Fn(&Case<'s>, &Reading) -> Option<String> + Sync,
) -> (u64, Vec<String>) {
    let (cases, found) = (Mutex::new(cases), Mutex::new((0, Vec::new())));
    let slowest = Mutex::new(BTreeMap::new());
    let work = || {
        let mut reader = reader();
        loop {
            let Some(case) = cases.lock().unwrap().next() else {
                return;
            };
            let begun = Instant::now();
            let reading = read(&mut reader, case.sample.name, &case.bytes);
            let took = begun.elapsed().as_millis();
            let mut slowest = slowest.lock().unwrap();
            let most = slowest.entry(case.sample.name).or_insert(0);
            *most = took.max(*most);
            drop(slowest);
            let mut found = found.lock().unwrap();
            found.0 += 1;
            if let Some(fault) = fatal(&reading).or_else(|| judge(&case, &reading)) {
                let kept = keep(&case);
                found.1.push(format!(
                    "{} {}: {fault} ({})",
                    case.sample.name,
                    case.what,
                    kept.display()
                ));
            }
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
    let mut slowest: Vec<_> = slowest.into_inner().unwrap().into_iter().collect();
    slowest.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
    println!("slowest (ms): {:?}", &slowest[..slowest.len().min(5)]);
    found.into_inner().unwrap()
}

/// Keeps the bytes of a case that failed, to be looked at.
fn keep(case: &Case<'_>) -> PathBuf {
    let folder = std::env::temp_dir().join("zoekenvind-vijandig");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join(format!("{} {}", case.what, case.sample.name));
    File::create(&path).unwrap().write_all(&case.bytes).unwrap();
    path
}

fn cut_files() {
    let samples = samples::all();
    let whole = contents(&samples);
    let cases = samples.iter().flat_map(|sample| {
        (1..sample.bytes.len()).step_by(64).map(move |end| Case {
            sample,
            what: format!("cut at {end}"),
            bytes: sample.bytes[..end].to_vec(),
        })
    });
    let (count, faults) = faults(cases, |case, reading| {
        let lie = case.sample.knows_its_end
            && reading.format == case.sample.format
            && called_whole(reading)
            // Behind the last text of some formats come empty blocks, indexes and forms, which nobody misses.
            && (!matches!(reading.format.as_str(), "tar" | "mdb" | "pst")
                || content(reading) != whole[case.sample.name]);
        lie.then(|| "called whole".to_owned())
    });
    println!("{count} cut files");
    assert!(count > 1500, "{count}");
    assert!(
        faults.is_empty(),
        "{} faults: {:#?}",
        faults.len(),
        &faults[..faults.len().min(40)]
    );
}

/// Numbers that look random and are always the same (splitmix64).
fn number(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*seed ^ (*seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The case with this number: one to eight flipped bits in one of the samples.
fn flipped(samples: &[Sample], case: u64) -> Case<'_> {
    let mut seed = case.wrapping_mul(0x5851_f42d_4c95_7f2d);
    let sample = &samples[(case % samples.len() as u64) as usize];
    let mut bytes = sample.bytes.clone();
    for _ in 0..=number(&mut seed) % 8 {
        let at = number(&mut seed) % (8 * bytes.len() as u64);
        bytes[(at / 8) as usize] ^= 1 << (at % 8);
    }
    Case {
        sample,
        what: format!("flips {case}"),
        bytes,
    }
}

/// What is packed with a checksum is as it was, or it is not called whole.
fn judge(
    whole: &BTreeMap<&str, Vec<Vec<u8>>>,
    case: &Case<'_>,
    reading: &Reading,
) -> Option<String> {
    let sure = matches!(reading.format.as_str(), "gz" | "bz2" | "xz" | "zst" | "7z")
        && reading.format == case.sample.format;
    (sure && called_whole(reading) && content(reading) != whole[case.sample.name])
        .then(|| "other content, called whole".to_owned())
}

fn flips(cases: impl Iterator<Item = u64> + Send) -> (u64, Vec<String>) {
    let samples = samples::all();
    let whole = contents(&samples);
    let told = AtomicU64::new(0);
    let found = faults(
        cases.map(|case| flipped(&samples, case)),
        |case, reading| {
            told.fetch_add(u64::from(!called_whole(reading)), Ordering::Relaxed);
            judge(&whole, case, reading)
        },
    );
    println!(
        "{} of {} told as damaged",
        told.load(Ordering::Relaxed),
        found.0
    );
    // Packed formats see a flip by their checksums: fewer would mean that nothing was damaged.
    assert!(told.load(Ordering::Relaxed) > found.0 / 5);
    found
}

fn flipped_files() {
    let (count, faults) = flips(0..FLIPS);
    assert_eq!(count, FLIPS);
    assert!(
        faults.is_empty(),
        "{} faults: {:#?}",
        faults.len(),
        &faults[..faults.len().min(40)]
    );
}

/// Ten thousand flips from each seed on, until one is a fault.
fn without_end(seed: u64) -> ExitCode {
    for seed in seed.. {
        let from = seed.wrapping_mul(FLIPS);
        let (count, faults) = flips(from..from + FLIPS);
        println!("zaad {seed}: {count} bestanden, {} fouten", faults.len());
        if !faults.is_empty() {
            println!("{faults:#?}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
