//! What lies inside a container, read many in one conversation with a reader process, as the indexer meets it: the
//! same as one by one, and a fault costs one. This program is also the reader process that it starts.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/liar.rs"]
mod liar;
#[path = "support/mailbox.rs"]
mod mailbox;
mod support;

use mailbox::{KINDS, mailbox, mails};
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};
use zv_indexer::read::{LimitSet, Limits, Outcome, Reason};
use zv_indexer::worker::{Reader, ReaderSettings, Reading, SpooledChild, together};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let name = Path::new(&arguments[0]).file_name().unwrap_or_default();
    let name = name.to_string_lossy();
    match (
        arguments.get(1).map(String::as_str),
        name.strip_prefix("liegt-"),
    ) {
        (Some("__lezer"), Some(lie)) => return liar::main(lie),
        (Some("__lezer"), None) => {
            return zv_indexer::worker::take_over().unwrap_or(ExitCode::FAILURE);
        }
        _ => {}
    }
    macro_rules! tests {
        ($($test:ident),* $(,)?) => { &[$((stringify!($test), $test as fn())),*] };
    }
    support::run(tests![
        what_is_read_together_is_what_is_read_alone,
        a_mail_that_ends_its_process_costs_only_itself,
        a_mail_that_hangs_costs_only_itself,
        a_limit_of_one_is_no_limit_of_the_others,
        a_format_with_limits_of_its_own_is_read_alone,
        many_slow_mails_each_have_their_own_time,
        every_mail_counts_towards_the_share_of_a_process,
        what_waits_in_memory_is_bounded,
        a_process_does_not_grow_with_what_it_reads,
        room_on_disk_is_given_back,
        of_a_process_that_lies_nothing_is_kept,
    ])
}

const LIMITS: Limits = Limits {
    text_bytes: 10_000_000,
    children: 20_000,
    children_bytes: 50_000_000,
    ratio: 100,
    seconds: 60,
    ..Limits::STANDARD
};

/// A reader with the limits of a run.
struct Desk {
    reader: Reader,
    limits: LimitSet,
}

impl Desk {
    fn new(settings: ReaderSettings, limits: impl Into<LimitSet>) -> Self {
        Self {
            reader: Reader::new(settings).unwrap(),
            limits: limits.into(),
        }
    }

    fn read(&mut self, file: &File, name: &str) -> Reading {
        self.reader.read(file, name, &self.limits).unwrap()
    }

    fn ahead(&mut self, children: &[(&SpooledChild, &str)]) -> Vec<Option<Reading>> {
        self.reader.read_ahead(children, &self.limits).unwrap()
    }
}

fn settings() -> ReaderSettings {
    let spool = std::env::temp_dir().join(format!("zv-samen-test-{}", std::process::id()));
    ReaderSettings {
        mock: true,
        ..ReaderSettings::new(spool)
    }
}

fn reader() -> Desk {
    Desk::new(settings(), LIMITS)
}

fn document(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn children(reader: &mut Desk, mailbox: &[u8]) -> Vec<SpooledChild> {
    let whole = reader.read(&document(mailbox), "postvak.mbox");
    assert_eq!(
        (whole.format.as_str(), whole.outcome),
        ("mbox", Outcome::Whole)
    );
    whole.children
}

/// A mailbox of documents that obey commands.
fn commanded(reader: &mut Desk, commands: &[String]) -> Vec<SpooledChild> {
    // By the first mail it is known what this is.
    let mut all = mails(1, "\n");
    all.extend(
        commands
            .iter()
            .map(|it| format!("zv-proef {it}\n").into_bytes()),
    );
    children(reader, &mailbox(&all, "\n")).split_off(1)
}

fn words(number: usize) -> Vec<String> {
    (0..number).map(|number| format!("woord{number}")).collect()
}

fn bytes(child: &SpooledChild) -> Vec<u8> {
    let mut bytes = Vec::new();
    child.open().unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

fn ahead(reader: &mut Desk, children: &[SpooledChild]) -> Vec<Option<Reading>> {
    let named: Vec<_> = children
        .iter()
        .map(|child| (child, child.name.as_str()))
        .collect();
    reader.ahead(&named)
}

fn alone(reader: &mut Desk, child: &SpooledChild) -> Reading {
    reader.read(&child.open().unwrap(), &child.name)
}

/// As an index run does: together what can be, and the rest of them alone. Which were alone, too.
fn all(reader: &mut Desk, children: &[SpooledChild]) -> (Vec<Reading>, Vec<usize>) {
    let (mut readings, mut not) = (Vec::new(), Vec::new());
    while readings.len() < children.len() {
        let rest = &children[readings.len()..];
        let named: Vec<_> = rest
            .iter()
            .map(|child| (child, child.name.as_str()))
            .collect();
        let number = together(&named);
        assert!(number > 0);
        let mut found = reader.ahead(&named).into_iter();
        for child in &rest[..number] {
            let reading = found.next().flatten().unwrap_or_else(|| {
                not.push(readings.len());
                alone(reader, child)
            });
            readings.push(reading);
        }
    }
    (readings, not)
}

/// Mails without a line that looks like the start of a message: they stand in their mailbox as they are.
fn plain(number: usize) -> Vec<Vec<u8>> {
    let looks = |mail: &Vec<u8>| mail.windows(6).any(|it| it == b"\nFrom ");
    let all = mails(2 * number, "\n").into_iter();
    all.filter(|mail| !looks(mail)).take(number).collect()
}

/// All that a reading says.
fn said(reading: &Reading) -> String {
    let children: Vec<_> = reading.children.iter().collect();
    let children = children
        .iter()
        .map(|it| (&it.name, &it.key, it.size, &it.unreadable, bytes(it)));
    let Reading {
        format,
        text,
        pages,
        properties,
        outcome,
        ..
    } = reading;
    format!(
        "{format} {text:?} {pages:?} {properties:?} {outcome:?} {:?}",
        children.collect::<Vec<_>>()
    )
}

/// How many of these, and of all that lies inside them, were read together; each as it is read alone.
fn same(reader: &mut Desk, children: &[SpooledChild]) -> usize {
    let (mut rest, mut number) = (children, 0);
    while !rest.is_empty() {
        let readings = ahead(reader, rest);
        assert!(!readings.is_empty(), "{}", rest[0].name);
        let (these, others) = rest.split_at(readings.len());
        for (child, reading) in these.iter().zip(readings) {
            let single = alone(reader, child);
            let reading = reading.unwrap_or_else(|| panic!("{} was not read together", child.name));
            assert_eq!(said(&reading), said(&single));
            number += 1 + same(reader, &reading.children);
        }
        rest = others;
    }
    number
}

fn what_is_read_together_is_what_is_read_alone() {
    let mut reader = reader();
    for end in ["\n", "\r\n"] {
        let mails = mails(10 * KINDS, end);
        let children = children(&mut reader, &mailbox(&mails, end));
        assert_eq!(children.len(), mails.len());
        for (child, mail) in children.iter().zip(&mails) {
            let (given, mail) = (bytes(child), mail.trim_ascii_end());
            assert_eq!(
                String::from_utf8_lossy(given.trim_ascii_end()),
                String::from_utf8_lossy(mail)
            );
        }
        // Of every nine: two attachments, a mail with an attachment, and a mailbox of four.
        assert_eq!(same(&mut reader, &children), 10 * (KINDS + 2 + 2 + 5));
        let (readings, alone) = all(&mut reader, &children);
        assert_eq!(alone, [0; 0]);
        for (number, reading) in readings
            .iter()
            .enumerate()
            .filter(|(number, _)| number % KINDS != 7)
        {
            assert!(
                reading.text.contains(&format!("dijkwoord{number}")),
                "{number}: {}",
                reading.text
            );
        }
        assert!(readings[0].text.contains("Dé dijk kost € 5"));
        assert!(readings[1].text.contains("reële"));
        assert!(
            readings[2]
                .text
                .contains("coördinatie van de dijkwoord2 = af")
        );
        assert!(
            readings[6]
                .text
                .contains("\nFrom hier naar de sluis\n>From citaat\n>>From dieper")
        );
    }
}

/// Of a hundred mails one misbehaves: what it is, and how many were read alone.
fn among_others(reader: &mut Desk, command: &str) -> (Reading, usize) {
    let mut commands = words(100);
    commands[37] = command.to_owned();
    let children = commanded(reader, &commands);
    let (mut readings, alone) = all(reader, &children);
    let odd = readings.remove(37);
    commands.remove(37);
    for (reading, word) in readings.iter().zip(&commands) {
        assert_eq!(
            (&reading.text, &reading.outcome),
            (word, &Outcome::Whole),
            "{command}"
        );
    }
    assert_eq!(readings.len(), 99);
    (odd, alone.len())
}

fn a_mail_that_ends_its_process_costs_only_itself() {
    let memory = ReaderSettings {
        memory: 512_000_000,
        ..settings()
    };
    let mut reader = Desk::new(memory, LIMITS);
    for (command, expected) in [
        ("oom", "grens bereikt: meer dan 512 MB werkgeheugen"),
        ("exit 3", "de lezer stopte onverwacht (code 3)"),
        ("crash", "beschadigd: de lezer liep vast (signaal 6)"),
        ("overflow", "grens bereikt: te diep genest"),
        ("panic", "beschadigd: de lezer liep vast"),
        ("socket", "de lezer deed iets dat niet mag en is gestopt"),
    ] {
        let (odd, alone) = among_others(&mut reader, command);
        let Outcome::Unreadable(reason) = odd.outcome else {
            panic!("{command}: {:?}", odd.outcome);
        };
        assert_eq!(reason.to_string(), expected, "{command}");
        assert!(alone <= 64, "{command}: {alone}");
    }
    // What came of it before the crash is kept, as for a file.
    let (odd, _) = among_others(&mut reader, "halves");
    assert!(odd.text.starts_with("eerste helft"));
    assert!(matches!(odd.outcome, Outcome::Partial(Reason::Broken(_))));
}

fn a_mail_that_hangs_costs_only_itself() {
    let limits = Limits {
        seconds: 2,
        ..LIMITS
    };
    let mut reader = Desk::new(settings(), limits);
    let start = Instant::now();
    let (odd, _) = among_others(&mut reader, "hang");
    let reason = Reason::Limit("langer dan 2 seconden".into());
    assert_eq!(odd.outcome, Outcome::Unreadable(reason));
    // Once together, once alone.
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
}

fn a_limit_of_one_is_no_limit_of_the_others() {
    let mut reader = reader();
    let (odd, alone) = among_others(&mut reader, "grow");
    assert_eq!((odd.text.len(), alone), (10_000_000, 1));
    assert_eq!(
        odd.outcome,
        Outcome::Partial(Reason::Limit("meer dan 10 MB tekst".into()))
    );
    // More than one of many may give, and less than a document may.
    let (odd, alone) = among_others(&mut reader, "fill 3000000");
    assert_eq!(
        (odd.text.len(), odd.outcome, alone),
        (3_000_000, Outcome::Whole, 1)
    );
    let (odd, alone) = among_others(&mut reader, "members 5000");
    assert_eq!(
        (odd.children.len(), odd.outcome, alone),
        (5000, Outcome::Whole, 1)
    );
    assert_eq!(bytes(&odd.children[4999]), b"inhoud 4999");
}

fn a_format_with_limits_of_its_own_is_read_alone() {
    let set = |format: &str, own: Limits| LimitSet {
        general: LIMITS,
        formats: [(format.to_owned(), own)].into(),
    };
    let slow = Limits {
        seconds: 90,
        memory: LIMITS.memory / 2,
        ..LIMITS
    };
    let wordy = Limits {
        text_bytes: 10,
        ..LIMITS
    };
    for own in [slow, wordy] {
        let mails = mails(2 * KINDS, "\n");
        let mut reader = Desk::new(settings(), set("eml", own.clone()));
        let inside = children(&mut reader, &mailbox(&mails, "\n"));
        let (readings, one_by_one) = all(&mut reader, &inside);
        let mail = |number: &usize| readings[*number].format == "eml";
        let expected: Vec<usize> = (0..inside.len()).filter(mail).collect();
        assert!(expected.len() >= KINDS && one_by_one == expected);
        let dry: Vec<_> = readings.iter().step_by(KINDS).collect();
        assert!(dry.iter().all(|it| it.text.len() as u64 <= own.text_bytes));
        let whole = dry.iter().all(|it| it.outcome == Outcome::Whole);
        assert_eq!(whole, own.text_bytes > 10);
        if !whole {
            continue;
        }
        // What lies inside them is of other formats, and goes together.
        let attached = readings.iter().find(|it| it.children.len() > 1).unwrap();
        let found = ahead(&mut reader, &attached.children);
        assert!(found.iter().flatten().any(|it| it.format != "eml"));
    }
    // Also where it differs from the limits of all others only in time.
    let mut reader = Desk::new(
        settings(),
        set(
            "proef",
            Limits {
                seconds: 2,
                ..LIMITS
            },
        ),
    );
    let begin = Instant::now();
    let (odd, _) = among_others(&mut reader, "hang");
    let reason = Reason::Limit("langer dan 2 seconden".into());
    assert_eq!(odd.outcome, Outcome::Unreadable(reason));
    assert!(begin.elapsed() < Duration::from_secs(40));
}

fn many_slow_mails_each_have_their_own_time() {
    let limits = Limits {
        seconds: 4,
        ..LIMITS
    };
    let mut reader = Desk::new(settings(), limits);
    let children = commanded(&mut reader, &vec!["slow 500".to_owned(); 12]);
    let start = Instant::now();
    let (readings, alone) = all(&mut reader, &children);
    assert!(start.elapsed() > Duration::from_secs(5));
    assert_eq!(alone, [0; 0]);
    assert!(readings.iter().all(|reading| reading.text == "langzaam"));
}

/// The reader processes of this test.
fn processes() -> Vec<String> {
    let own = std::process::id();
    let listed = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
    listed.split_whitespace().map(str::to_owned).collect()
}

fn every_mail_counts_towards_the_share_of_a_process() {
    let settings = ReaderSettings {
        documents_per_worker: 100,
        ..settings()
    };
    let mut reader = Desk::new(settings, LIMITS);
    let first = processes();
    let children = commanded(&mut reader, &words(64));
    assert_eq!(ahead(&mut reader, &children).len(), 64);
    assert_eq!(processes(), first);
    // Behind the mailbox and twice 64 mails it is done.
    assert_eq!(ahead(&mut reader, &children).len(), 64);
    assert_eq!(processes(), [""; 0]);
    assert_eq!(ahead(&mut reader, &children).len(), 64);
    assert_ne!(processes(), first);
}

fn what_waits_in_memory_is_bounded() {
    let mut reader = reader();
    let children = commanded(&mut reader, &vec!["fill 1000000".to_owned(); 64]);
    let readings = ahead(&mut reader, &children);
    let waiting = readings
        .iter()
        .flatten()
        .map(|reading| reading.text.len())
        .sum::<usize>();
    assert_eq!(readings.len(), 64);
    assert!((12 << 20..=16 << 20).contains(&waiting), "{waiting}");
    let (readings, _) = all(&mut reader, &children);
    assert!(
        readings
            .iter()
            .all(|reading| reading.text.len() == 1_000_000)
    );
    // So are names and properties.
    let children = commanded(&mut reader, &vec!["members 1000".to_owned(); 64]);
    assert!(ahead(&mut reader, &children).iter().all(Option::is_some));
}

/// Memory of its own that a process has, in MB.
fn resident(process: &str) -> u64 {
    let fields = std::fs::read_to_string(format!("/proc/{process}/statm")).unwrap();
    let fields: Vec<u64> = fields
        .split_whitespace()
        .map(|it| it.parse().unwrap())
        .collect();
    (fields[1] - fields[2]) * 4096 / 1_000_000
}

fn a_process_does_not_grow_with_what_it_reads() {
    let settings = ReaderSettings {
        documents_per_worker: 1_000_000,
        ..settings()
    };
    let mut reader = Desk::new(settings, LIMITS);
    // Almost sixteen kilobytes each: of the whole conversation a megabyte.
    let mut mails = plain(64);
    for mail in &mut mails {
        mail.resize(16_000, b'x');
        mail.push(b'\n');
    }
    let children = children(&mut reader, &mailbox(&mails, "\n"));
    let mut grown = Vec::new();
    for _ in 0..30 {
        assert_eq!(ahead(&mut reader, &children).len(), 64);
        grown.push(resident(&processes()[0]));
    }
    assert!(grown[29] <= grown[4] + 8 && grown[29] < 100, "{grown:?}");
}

/// Files without a name that this process has open in the folder for children.
fn spooled() -> usize {
    let spool = settings().spool;
    let links = std::fs::read_dir("/proc/self/fd").unwrap();
    let links = links.filter_map(|entry| std::fs::read_link(entry.unwrap().path()).ok());
    links.filter(|link| link.starts_with(&spool)).count()
}

fn room_on_disk_is_given_back() {
    let mut reader = reader();
    assert_eq!(spooled(), 0);
    let inside = children(&mut reader, &mailbox(&plain(64), "\n"));
    assert_eq!(spooled(), 0);
    let readings = ahead(&mut reader, &inside);
    assert_eq!(readings.len(), inside.len());
    assert!(spooled() > 0, "their attachments are somewhere");
    let last = readings
        .into_iter()
        .flatten()
        .filter_map(|mut reading| reading.children.pop())
        .last();
    assert!(spooled() > 0 && !bytes(&last.unwrap()).is_empty());
    assert_eq!(spooled(), 0);
    assert_eq!(std::fs::read_dir(settings().spool).unwrap().count(), 0);
}

fn of_a_process_that_lies_nothing_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut honest = reader();
    let inside = commanded(&mut honest, &words(3));
    for lie in ["noise", "length", "utf8", "twice", "path", "moment"] {
        let program = folder.path().join(format!("liegt-{lie}"));
        std::os::unix::fs::symlink(std::env::current_exe().unwrap(), &program).unwrap();
        let liar = ReaderSettings {
            program,
            ..settings()
        };
        let mut reader = Desk::new(liar, LIMITS);
        assert!(ahead(&mut reader, &inside).is_empty(), "{lie}");
    }
}
