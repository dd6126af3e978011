//! Reader processes as the indexer meets them: real processes, real faults. This program is also the reader
//! process that it starts, which is why it has its own `main` and no libtest harness.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "support/liar.rs"]
mod liar;
mod support;

use std::fs::File;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use zv_indexer::read::{LimitSet, Limits, Outcome, Reason};
use zv_indexer::worker::{Reader, ReaderSettings, Reading, WorkerError};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let name = Path::new(&arguments[0])
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    match (
        arguments.get(1).map(String::as_str),
        name.strip_prefix("liegt-"),
    ) {
        (Some("__lezer" | "__hulpprogramma"), None) => {
            zv_indexer::worker::take_over().unwrap_or(ExitCode::FAILURE)
        }
        (Some("__lezer"), Some(lie)) => liar::main(lie),
        (Some("__zonder"), _) => without(&arguments[2..]),
        _ => support::run(&[
            (
                "a_hanging_reader_is_killed_in_time",
                a_hanging_reader_is_killed_in_time,
            ),
            (
                "a_format_may_have_more_or_less_memory",
                a_format_may_have_more_or_less_memory,
            ),
            (
                "every_fault_costs_one_document_and_has_its_true_reason",
                every_fault_costs_one_document,
            ),
            (
                "pages_before_a_crash_are_kept",
                pages_before_a_crash_are_kept,
            ),
            (
                "endless_text_is_cut_at_the_limit_and_marked",
                endless_text_is_cut,
            ),
            (
                "a_reader_cannot_reach_files_network_or_programs",
                a_reader_cannot_reach_anything,
            ),
            ("a_reader_may_use_threads", a_reader_may_use_threads),
            (
                "children_come_through_the_spool",
                children_come_through_the_spool,
            ),
            (
                "a_process_that_lies_is_not_believed",
                a_process_that_lies_is_not_believed,
            ),
            (
                "a_spoiled_process_does_not_spoil_the_next_document",
                a_spoiled_process_does_not_spoil_the_next_document,
            ),
            (
                "a_process_killed_between_documents_blames_none",
                killed_between_documents,
            ),
            (
                "a_process_is_replaced_after_its_share",
                a_process_is_replaced_after_its_share,
            ),
            (
                "a_reader_leaves_with_its_parent",
                a_reader_leaves_with_its_parent,
            ),
            (
                "inherited_descriptors_are_closed",
                inherited_descriptors_are_closed,
            ),
            (
                "without_seccomp_reading_is_refused_unless_asked",
                without_seccomp,
            ),
            (
                "without_landlock_reading_goes_on_and_says_so",
                without_landlock,
            ),
            (
                "misbehaviour_is_only_obeyed_when_asked",
                misbehaviour_is_only_obeyed_when_asked,
            ),
            (
                "a_program_that_is_no_reader_is_an_error",
                a_program_that_is_no_reader,
            ),
        ]),
    }
}

const LIMITS: Limits = Limits {
    text_bytes: 10_000_000,
    children: 20_000,
    children_bytes: 50_000_000,
    ratio: 100,
    seconds: 60,
    ..Limits::STANDARD
};

fn settings() -> ReaderSettings {
    let spool = std::env::temp_dir().join(format!("zv-worker-test-{}", std::process::id()));
    ReaderSettings {
        mock: true,
        ..ReaderSettings::new(spool)
    }
}

fn document(content: &str) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    file
}

/// These limits for documents that misbehave, others for the rest.
fn own_limits(limits: Limits) -> LimitSet {
    let mut all = LimitSet::from(LIMITS);
    all.formats.insert("proef".into(), limits);
    all
}

fn read(reader: &mut Reader, command: &str) -> Reading {
    read_within(reader, command, &LIMITS.into())
}

fn read_within(reader: &mut Reader, command: &str, limits: &LimitSet) -> Reading {
    reader
        .read(
            &document(&format!("zv-proef {command}\n")),
            "proef.txt",
            limits,
        )
        .unwrap()
}

fn reason(reading: &Reading) -> String {
    match &reading.outcome {
        Outcome::Unreadable(reason) => reason.to_string(),
        other => panic!("expected an unreadable document, got {other:?}"),
    }
}

/// The next document after a fault is read as if nothing happened.
fn goes_on(reader: &mut Reader) {
    let reading = read(reader, "buurman");
    assert_eq!(
        (reading.text.as_str(), reading.outcome),
        ("buurman", Outcome::Whole)
    );
}

fn a_hanging_reader_is_killed_in_time() {
    let mut reader = Reader::new(settings()).unwrap();
    // Documents that misbehave are of a format of their own.
    let limits = own_limits(Limits {
        seconds: 1,
        ..LIMITS
    });
    for command in ["hang", "spin"] {
        let start = Instant::now();
        assert_eq!(
            reason(&read_within(&mut reader, command, &limits)),
            "grens bereikt: langer dan 1 seconden"
        );
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{command}: {:?}",
            start.elapsed()
        );
        goes_on(&mut reader);
    }
}

fn a_format_may_have_more_or_less_memory() {
    let hundred = 100_000_000;
    let mut reader = Reader::new(ReaderSettings {
        memory: 20 * hundred,
        ..settings()
    })
    .unwrap();
    for own in [4, 12, 4] {
        let limits = own_limits(Limits {
            memory: own * hundred,
            ..LIMITS
        });
        assert_eq!(
            reason(&read_within(&mut reader, "oom", &limits)),
            format!("grens bereikt: meer dan {own}00 MB werkgeheugen")
        );
        // It takes 400 MB: too much for this format, but not for the next document.
        let large = read_within(&mut reader, "large", &limits);
        assert_eq!(
            large.outcome == Outcome::Whole,
            own == 12,
            "{own}: {:?}",
            large.outcome
        );
        let next = read(&mut reader, "large");
        assert_eq!(next.outcome, Outcome::Whole, "{own}");
    }
}

fn every_fault_costs_one_document() {
    let memory = 512_000_000;
    let mut reader = Reader::new(ReaderSettings {
        memory,
        ..settings()
    })
    .unwrap();
    for (command, expected) in [
        ("oom", "grens bereikt: meer dan 512 MB werkgeheugen"),
        ("exit 3", "de lezer stopte onverwacht (code 3)"),
        ("exit 0", "de lezer stopte onverwacht (code 0)"),
        ("crash", "beschadigd: de lezer liep vast (signaal 6)"),
        ("overflow", "grens bereikt: te diep genest"),
        ("panic", "beschadigd: de lezer liep vast"),
        ("socket", "de lezer deed iets dat niet mag en is gestopt"),
    ] {
        // Once in a process that read another document before, once in a new one.
        goes_on(&mut reader);
        assert_eq!(reason(&read(&mut reader, command)), expected, "{command}");
        assert_eq!(
            reason(&read(&mut reader, command)),
            expected,
            "{command} again"
        );
        goes_on(&mut reader);
    }
}

fn pages_before_a_crash_are_kept() {
    let mut reader = Reader::new(settings()).unwrap();
    let reading = read(&mut reader, "half");
    // The text was too short to be sent before the crash; only what arrived can be kept.
    assert_eq!(reading.text, "");
    let reading = read(&mut reader, "halves");
    assert!(reading.text.starts_with("eerste helft") && reading.text.len() > 100_000);
    assert_eq!(
        reading.outcome,
        Outcome::Partial(Reason::Broken("de lezer liep vast (signaal 6)".into()))
    );
    goes_on(&mut reader);
}

fn endless_text_is_cut() {
    let mut reader = Reader::new(settings()).unwrap();
    let reading = read(&mut reader, "grow");
    assert_eq!(reading.text.len(), 10_000_000);
    assert_eq!(
        reading.outcome,
        Outcome::Partial(Reason::Limit("meer dan 10 MB tekst".into()))
    );
    goes_on(&mut reader);
}

fn a_reader_cannot_reach_anything() {
    let mut reader = Reader::new(settings()).unwrap();
    assert_eq!(reader.warning(), None);
    for command in ["write", "look", "run"] {
        assert_eq!(
            reason(&read(&mut reader, command)),
            "geweigerd: PermissionDenied",
            "{command}"
        );
    }
    assert!(!Path::new("/tmp/zoekenvind-proef").exists());
}

fn a_reader_may_use_threads() {
    let mut reader = Reader::new(settings()).unwrap();
    assert_eq!(read(&mut reader, "threads").text, "som 6");
}

fn children_come_through_the_spool() {
    let mut reader = Reader::new(settings()).unwrap();
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = descriptors();
    let reading = read(&mut reader, "members 12000");
    assert_eq!(
        (reading.children.len(), reading.outcome),
        (12_000, Outcome::Whole)
    );
    assert!(
        descriptors() <= before + 2,
        "children must not cost descriptors"
    );
    let child = &reading.children[11_999];
    assert_eq!((child.name.as_str(), child.size), ("lid11999.txt", 12));
    let mut text = String::new();
    std::io::Read::read_to_string(&mut child.open().unwrap(), &mut text).unwrap();
    assert_eq!(text, "inhoud 11999");
    // A child is a document like any other.
    let again = reader
        .read(&child.open().unwrap(), &child.name, &LIMITS.into())
        .unwrap();
    assert_ne!(again.format, "proef");
    let over = read(&mut reader, "members 30000");
    assert_eq!(over.children.len(), 20_000);
    assert_eq!(
        over.outcome,
        Outcome::Partial(Reason::Limit("meer dan 20000 onderdelen".into()))
    );
}

/// A reader whose processes tell this lie, and the folder of their program.
fn lied_to(lie: &str) -> (Reader, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join(format!("liegt-{lie}"));
    std::os::unix::fs::symlink(std::env::current_exe().unwrap(), &program).unwrap();
    let settings = ReaderSettings {
        program,
        ..settings()
    };
    (Reader::new(settings).unwrap(), folder)
}

fn a_process_that_lies_is_not_believed() {
    for lie in ["noise", "length", "utf8", "twice", "path", "moment"] {
        let (mut reader, _folder) = lied_to(lie);
        let reading = read(&mut reader, "x");
        assert_eq!(
            reason(&reading),
            "de lezer gaf een onverwacht antwoord",
            "{lie}"
        );
        assert_eq!(
            (reading.text.as_str(), reading.format.as_str()),
            ("", "onbekend"),
            "{lie}"
        );
    }
}

fn a_spoiled_process_does_not_spoil_the_next_document() {
    // Its process answers one document well and lies about every later one.
    let (mut reader, _folder) = lied_to("later");
    for _ in 0..3 {
        assert_eq!(read(&mut reader, "x").outcome, Outcome::Whole);
    }
}

/// Process ids of this test's reader processes.
fn own_children() -> Vec<i32> {
    let own = std::process::id();
    let listed = std::fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap();
    listed
        .split_whitespace()
        .map(|pid| pid.parse().unwrap())
        .collect()
}

fn kill(pid: i32) {
    rustix::process::kill_process(
        rustix::process::Pid::from_raw(pid).unwrap(),
        rustix::process::Signal::KILL,
    )
    .unwrap();
    std::thread::sleep(Duration::from_millis(100));
}

fn killed_between_documents() {
    let mut reader = Reader::new(settings()).unwrap();
    goes_on(&mut reader);
    kill(own_children()[0]);
    goes_on(&mut reader);
}

fn a_process_is_replaced_after_its_share() {
    let mut reader = Reader::new(ReaderSettings {
        documents_per_worker: 2,
        ..settings()
    })
    .unwrap();
    let first = own_children();
    goes_on(&mut reader);
    assert_eq!(own_children(), first);
    goes_on(&mut reader);
    goes_on(&mut reader);
    let second = own_children();
    assert_eq!(second.len(), 1);
    assert_ne!(second, first);
    reader.replace();
    assert_eq!(own_children(), [] as [i32; 0]);
    goes_on(&mut reader);
    read(&mut reader, "large");
    assert_eq!(
        own_children(),
        [] as [i32; 0],
        "a process that grew is replaced at once"
    );
}

/// Starts this program again with `arguments`, as a parent of its own.
fn again(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(arguments);
    command
}

fn a_reader_leaves_with_its_parent() {
    let mut parent = again(&["__zonder", "niets", "hang"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(
        &mut std::io::BufReader::new(parent.stdout.take().unwrap()),
        &mut line,
    )
    .unwrap();
    let reader = format!("/proc/{}", line.trim());
    std::thread::sleep(Duration::from_millis(300));
    assert!(Path::new(&reader).exists());
    parent.kill().unwrap();
    parent.wait().unwrap();
    let deadline = Instant::now() + Duration::from_secs(5);
    let state = || std::fs::read_to_string(format!("{reader}/stat")).unwrap_or_default();
    while Path::new(&reader).exists() && !state().contains(") Z ") && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(
        state().is_empty() || state().contains(") Z "),
        "a busy reader stays behind: {}",
        state()
    );
}

fn inherited_descriptors_are_closed() {
    // A descriptor without close-on-exec, as a careless shell leaves them.
    let leak = tempfile::tempfile().unwrap();
    rustix::io::fcntl_setfd(&leak, rustix::io::FdFlags::empty()).unwrap();
    let mut reader = Reader::new(settings()).unwrap();
    goes_on(&mut reader);
    let pid = own_children()[0];
    let open: Vec<_> = std::fs::read_dir(format!("/proc/{pid}/fd"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    let leaked = format!("/proc/self/fd/{}", leak.as_raw_fd());
    let target = std::fs::read_link(leaked).unwrap();
    assert!(open.len() <= 4, "{open:?}");
    assert!(
        open.iter()
            .all(|path| std::fs::read_link(path).unwrap() != target)
    );
}

/// A parent on a machine whose kernel lacks something: the system calls for it are said not to exist.
fn without(arguments: &[String]) -> ExitCode {
    use seccompiler::{SeccompAction, SeccompFilter};
    let missing = match arguments[0].as_str() {
        "seccomp" => Some(libc::SYS_seccomp),
        "landlock" => Some(libc::SYS_landlock_create_ruleset),
        _ => None,
    };
    if let Some(call) = missing {
        let rules = std::collections::BTreeMap::from([(call, Vec::new())]);
        let target = std::env::consts::ARCH.try_into().unwrap();
        let absent = SeccompAction::Errno(libc::ENOSYS as u32);
        let filter = SeccompFilter::new(rules, SeccompAction::Allow, absent, target).unwrap();
        let program: seccompiler::BpfProgram = filter.try_into().unwrap();
        seccompiler::apply_filter(&program).unwrap();
    }
    let without_sandbox = arguments.get(2).is_some();
    match Reader::new(ReaderSettings {
        without_sandbox,
        ..settings()
    }) {
        Err(error @ WorkerError::NoSandbox) => println!("{error}"),
        Err(error) => panic!("{error}"),
        Ok(mut reader) => {
            if arguments[1] == "hang" {
                println!("{}", own_children()[0]);
            }
            let reading = read(&mut reader, &arguments[1]);
            let text = match reading.outcome {
                Outcome::Whole => reading.text,
                _ => reason(&reading),
            };
            println!("{text}: {}", reader.warning().unwrap_or("niets te melden"));
        }
    }
    ExitCode::SUCCESS
}

fn says(arguments: &[&str]) -> String {
    let output = again(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn without_seccomp() {
    let refusal = says(&["__zonder", "seccomp", "tekst"]);
    assert!(
        refusal.contains("niet veilig") && refusal.contains("--zonder-zandbak"),
        "{refusal}"
    );
    let asked = says(&["__zonder", "seccomp", "tekst", "--zonder-zandbak"]);
    assert!(
        asked.starts_with("tekst: gelezen zonder zandbak: seccomp ontbreekt"),
        "{asked}"
    );
    let look = says(&["__zonder", "seccomp", "look", "--zonder-zandbak"]);
    assert!(
        look.starts_with("geweigerd: PermissionDenied"),
        "landlock still holds: {look}"
    );
}

fn without_landlock() {
    let line = says(&["__zonder", "landlock", "tekst"]);
    assert!(
        line.starts_with("tekst: landlock ontbreekt op dit systeem"),
        "{line}"
    );
    // The other half of the sandbox keeps files out of reach all the same.
    for command in ["write", "look"] {
        let line = says(&["__zonder", "landlock", command]);
        assert!(line.starts_with("geweigerd: PermissionDenied"), "{line}");
    }
    assert!(!Path::new("/tmp/zoekenvind-proef").exists());
}

fn misbehaviour_is_only_obeyed_when_asked() {
    let mut reader = Reader::new(ReaderSettings {
        mock: false,
        ..settings()
    })
    .unwrap();
    let reading = read(&mut reader, "exit 3");
    assert_ne!(reading.format, "proef");
    assert!(
        !matches!(&reading.outcome, Outcome::Unreadable(Reason::Other(_))),
        "{:?}",
        reading.outcome
    );
}

fn a_program_that_is_no_reader() {
    for program in ["/bin/true", "/nergens/zoekenvind"] {
        let started = Reader::new(ReaderSettings {
            program: program.into(),
            ..settings()
        });
        assert!(
            matches!(started.err(), Some(WorkerError::Start(_))),
            "{program}"
        );
    }
}
