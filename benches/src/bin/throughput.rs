//! CPU seconds of our readers against those of other programs on the same files, in one run: PDF against
//! pdftotext, office files against LibreOffice, a mailbox against Python's `mailbox` and `email`, and OCR of a
//! whole index run against bare tesseract.
//!
//! `cargo run --release -p zv-benches --bin throughput FOLDER [KIND] [NUMBER]`, where FOLDER was kept by the
//! bench `recall` and KIND is pdf, office, mbox or ocr (else all). NUMBER is MB of mailbox or pages of OCR.
//! A KIND that ends in `-zelf` runs only our half, for a profiler.
//!
//! CPU seconds are user and system time, of this process or of the programs that it waited for: the machine may
//! be busy with other things. Our readers run in this process, on one thread, without the sandbox; a mailbox is read
//! through the reader processes of an index run, too, and OCR is measured over a whole run.

use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;
use zv_benches::words::{self, Words};
use zv_benches::{mails, office, program};
use zv_indexer::read::{self, Input, LimitSet, Limits, Output, Reason, Source, Stop};
use zv_indexer::worker::{Reader, ReaderSettings, Reading, SpooledChild};

/// As the program has it.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> Result<()> {
    // The reader processes of a mailbox are this program.
    if let Some(code) = zv_indexer::worker::take_over() {
        std::process::exit(i32::from(code != ExitCode::SUCCESS));
    }
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().context("which folder did recall keep?")?;
    let files = Path::new(&folder).join("bestanden").canonicalize()?;
    let kind = arguments.next().unwrap_or_default();
    let number = arguments.next().and_then(|n| n.parse().ok());
    let alone = kind.ends_with("-zelf");
    let wants = |name: &str| kind.is_empty() || kind.trim_end_matches("-zelf") == name;
    let work = tempfile::tempdir()?;
    if wants("pdf") {
        pdf(&below(&files, &["pdf"])?, alone)?;
    }
    if wants("office") {
        office_files(
            &below(&files, &["docx", "xlsx", "pptx"])?,
            work.path(),
            alone,
        )?;
    }
    if wants("mbox") {
        mbox(number.unwrap_or(100), work.path(), alone)?;
    }
    if wants("ocr") {
        ocr(&below(&files, &["pdf"])?, number.unwrap_or(24), work.path())?;
    }
    Ok(())
}

/// The files of these formats.
fn below(files: &Path, formats: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for format in formats {
        for entry in fs::read_dir(files.join(format))? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == *format) {
                found.push(path);
            }
        }
    }
    found.sort();
    ensure!(!found.is_empty(), "no files in {}", files.display());
    Ok(found)
}

/// CPU seconds so far: of this process, and of the programs that it waited for.
fn cpu() -> Result<(f64, f64)> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(") ").next().unwrap_or_default();
    let field = |at: usize| -> Option<f64> { behind_name.split(' ').nth(at)?.parse().ok() };
    let sum = |at: usize| Some(field(at)? + field(at + 1)?);
    let ticks = rustix::param::clock_ticks_per_second() as f64;
    let (own, children) = sum(11).zip(sum(13)).context("/proc/self/stat")?;
    Ok((own / ticks, children / ticks))
}

/// How long `act` took: CPU seconds of us and of programs together.
fn timed<T>(act: impl FnOnce() -> Result<T>) -> Result<(T, f64)> {
    let before = cpu()?;
    let result = act()?;
    let after = cpu()?;
    Ok((result, after.0 - before.0 + after.1 - before.1))
}

/// How long `act` takes, of so many times that it lasts about as long as what others take once: the machine may be busy
/// with something else for a moment.
fn often<T>(act: impl Fn() -> Result<T>) -> Result<(T, f64)> {
    const ROUNDS: u32 = 5;
    let (result, seconds) = timed(|| {
        for _ in 1..ROUNDS {
            act()?;
        }
        act()
    })?;
    Ok((result, seconds / f64::from(ROUNDS)))
}

/// Keeps the text of a document and reads what lies inside it.
#[derive(Default)]
struct Keep {
    text: String,
    pages: u64,
    child: Option<(Vec<u8>, String)>,
}

impl Output for Keep {
    fn text(&mut self, text: &str) -> Result<(), Stop> {
        self.text.push_str(text);
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), Stop> {
        self.text.push('\n');
        self.pages += 1;
        Ok(())
    }

    fn property(&mut self, _: &str, _: &str) -> Result<(), Stop> {
        Ok(())
    }

    fn begin_child(&mut self, name: &str, _: &str) -> Result<(), Stop> {
        self.child = Some((Vec::new(), name.to_owned()));
        Ok(())
    }

    fn child_bytes(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        if let Some((all, _)) = &mut self.child {
            all.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn end_child(&mut self, _: Option<Reason>) -> Result<(), Stop> {
        // Read at once: not all of a mailbox in memory.
        if let Some((bytes, name)) = self.child.take() {
            let size = bytes.len() as u64;
            if let Ok(inner) = read(bytes.into(), size, &name) {
                self.text.push_str(&inner.text);
                self.text.push('\n');
            }
        }
        Ok(())
    }
}

/// The text of a document and everything in it.
fn read(file: Source, size: u64, name: &str) -> Result<Keep> {
    let mut input = Input {
        file,
        name: name.to_owned(),
        size,
        passwords: Default::default(),
    };
    let format = read::recognise(&mut input)?;
    let mut keep = Keep::default();
    read::read(&format, &mut input, &LIMITS, &mut keep);
    Ok(keep)
}

const LIMITS: Limits = Limits {
    text_bytes: 1 << 32,
    children: 10_000_000,
    children_bytes: 1 << 36,
    ..Limits::STANDARD
};

fn read_file(path: &Path) -> Result<Keep> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    read(file.into(), size, &path.to_string_lossy())
}

/// Reads in the sandboxed processes of the program, as an index run does, and counts the text.
struct Processes {
    limits: LimitSet,
    reader: Reader,
    text: u64,
    documents: u64,
}

impl Processes {
    /// Counts what was read; what lies inside is read later.
    fn take(&mut self, reading: Reading) -> Vec<SpooledChild> {
        self.text += reading.text.len() as u64;
        self.documents += 1;
        reading.children
    }

    fn inside(&mut self, children: &[SpooledChild]) -> Result<()> {
        let mut rest = children;
        while !rest.is_empty() {
            let next = rest.iter().take(64).map(|it| (it, it.name.as_str()));
            let mut readings = self
                .reader
                .read_ahead(&next.collect::<Vec<_>>(), &self.limits)?;
            if readings.is_empty() {
                readings.push(None);
            }
            let (these, others) = rest.split_at(readings.len());
            let mut inside = Vec::new();
            for (child, reading) in these.iter().zip(readings) {
                let reading = match reading {
                    Some(reading) => reading,
                    None => self
                        .reader
                        .read(&child.open()?, &child.name, &self.limits)?,
                };
                inside.extend(self.take(reading));
            }
            self.inside(&inside)?;
            rest = others;
        }
        Ok(())
    }
}

fn read_all(files: &[PathBuf]) -> Result<Vec<Keep>> {
    files.iter().map(|path| read_file(path)).collect()
}

fn pdf(files: &[PathBuf], alone: bool) -> Result<()> {
    let (ours, seconds) = timed(|| read_all(files))?;
    let pages: u64 = ours.iter().map(|one| one.pages.max(1)).sum();
    println!(
        "pdf: {} files, {pages} pages: zoekenvind {seconds:.1} s = {:.0} pages/s",
        files.len(),
        pages as f64 / seconds
    );
    if alone {
        return Ok(());
    }
    let (theirs, other) = timed(|| {
        Ok(files
            .iter()
            .map(|path| office::pdftotext(path).unwrap_or_default())
            .collect::<Vec<_>>())
    })?;
    println!(
        "pdf: pdftotext {other:.1} s = {:.0} pages/s; ratio {:.2} (target .33)",
        pages as f64 / other,
        other / seconds
    );
    // Recall of both against a third engine that neither is made of.
    let mutool = office::ENGINES
        .iter()
        .find(|engine| engine.name == "mutool")
        .context("mutool")?;
    let (mut sums, mut number) = ([0.0; 2], 0.0);
    for ((path, ours), theirs) in files.iter().zip(&ours).zip(&theirs) {
        let third: Words = words::words(&mutool.text(path, "pdf").unwrap_or_default());
        if words::count(&third) < 5 {
            continue;
        }
        sums[0] += words::recall(&words::words(&ours.text), &third);
        sums[1] += words::recall(&words::words(theirs), &third);
        number += 1.0;
    }
    println!(
        "pdf: recall against mutool on {number} files: zoekenvind {:.4}, pdftotext {:.4}",
        sums[0] / number,
        sums[1] / number
    );
    Ok(())
}

fn office_files(files: &[PathBuf], work: &Path, alone: bool) -> Result<()> {
    let (_, seconds) = timed(|| read_all(files))?;
    println!(
        "office: {} files: zoekenvind {seconds:.2} s = {:.0} files/s",
        files.len(),
        files.len() as f64 / seconds
    );
    if alone {
        return Ok(());
    }
    // The first start makes the profile, which no batch should pay for.
    office::output(office::libreoffice(work, 0).arg("--terminate_after_init"));
    let ((), other) = timed(|| {
        for (format, filter) in [
            ("docx", office::TEXT),
            ("xlsx", office::SHEETS),
            ("pptx", "pdf"),
        ] {
            let these = files
                .iter()
                .filter(|path| path.extension().is_some_and(|it| it == format));
            let mut command = office::libreoffice(work, 0);
            command
                .args(["--convert-to", filter, "--outdir"])
                .arg(work.join("uit"))
                .args(these);
            office::output(&mut command);
        }
        Ok(())
    })?;
    let made = fs::read_dir(work.join("uit"))?.count();
    println!(
        "office: LibreOffice {other:.1} s ({made} files made); ratio {:.0} (target 20)",
        other / seconds
    );
    Ok(())
}

/// Reads a mailbox in reader processes: bytes of text and the number of documents.
fn through_processes(path: &Path, work: &Path) -> Result<(u64, u64)> {
    let mut processes = Processes {
        limits: LIMITS.into(),
        reader: Reader::new(ReaderSettings::new(work.join("spool")))?,
        text: 0,
        documents: 0,
    };
    let mailbox = File::open(path)?;
    let whole = processes
        .reader
        .read(&mailbox, "postvak.mbox", &processes.limits)?;
    let inside = processes.take(whole);
    processes.inside(&inside)?;
    Ok((processes.text, processes.documents))
}

fn mbox(megabytes: usize, work: &Path, alone: bool) -> Result<()> {
    let (mut mailbox, mut text, mut number) = (Vec::new(), 0, 0);
    while mailbox.len() < megabytes * 1_000_000 {
        let mail = mails::mail(number, 40);
        mails::append(&mut mailbox, &mail);
        text += mail.text.len();
        number += 1;
    }
    let path = work.join("postvak.mbox");
    fs::write(&path, &mailbox)?;
    drop(mailbox);
    let (ours, seconds) = often(|| through_processes(&path, work))?;
    let rate = |seconds: f64| text as f64 / 1e6 / seconds;
    println!(
        "mbox: {number} mails, {:.0} MB of text: zoekenvind in its sandbox {seconds:.2} s = {:.0} MB/s, {} documents, \
         {:.0} MB given",
        text as f64 / 1e6,
        rate(seconds),
        ours.1,
        ours.0 as f64 / 1e6
    );
    let (ours, bare) = often(|| read_file(&path))?;
    println!(
        "mbox: in one process without sandbox {bare:.2} s = {:.0} MB/s, {:.0} MB given",
        rate(bare),
        ours.text.len() as f64 / 1e6
    );
    if alone {
        return Ok(());
    }
    let before = cpu()?.1;
    let theirs = office::output(
        Command::new("python3")
            .args(["-c", mails::PYTHON])
            .arg(&path),
    )
    .context("python")?;
    // What taking in its text costs us is not its time.
    let other = cpu()?.1 - before;
    println!(
        "mbox: python {other:.2} s = {:.0} MB/s, {:.0} MB given; ratio {:.1} (target 5), without sandbox {:.1}",
        rate(other),
        theirs.len() as f64 / 1e6,
        other / seconds,
        other / bare
    );
    Ok(())
}

/// Pages drawn as scans, of PDFs with enough text.
fn scans(files: &[PathBuf], number: usize, folder: &Path) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let mut made = Vec::new();
    for path in files {
        if made.len() == number {
            return Ok(made);
        }
        let target = folder.join(format!("scan-{:03}", made.len()));
        let drawn = office::output(
            Command::new("pdftoppm")
                .args(["-r", "200", "-gray", "-png", "-f", "1", "-singlefile"])
                .arg(path)
                .arg(&target),
        );
        let target = target.with_extension("png");
        if drawn.is_some() && target.exists() {
            made.push(target);
        }
    }
    ensure!(made.len() == number, "only {} pages", made.len());
    Ok(made)
}

fn ocr(files: &[PathBuf], number: usize, work: &Path) -> Result<()> {
    let texts = files
        .iter()
        .filter(|path| path.to_string_lossy().contains("/c0"))
        .cloned()
        .collect::<Vec<_>>();
    let folder = work.join("scans");
    let images = scans(
        if texts.len() >= number { &texts } else { files },
        number,
        &folder,
    )?;
    let start = Instant::now();
    let (account, seconds) = timed(|| {
        let mut command = Command::new(program()?);
        command
            .arg("--staat")
            .arg(work.join("staat"))
            .args(["index", "--json"])
            .arg(&folder);
        office::output(&mut command).context("zoekenvind index")
    })?;
    println!(
        "ocr: {number} pages: zoekenvind {seconds:.1} s CPU, {:.1} s wall; {}",
        start.elapsed().as_secs_f64(),
        account.trim()
    );
    let start = Instant::now();
    let ((), other) = timed(|| {
        office::in_parallel(images.len(), |_, at| {
            let mut command = Command::new("tesseract");
            command
                .env("OMP_THREAD_LIMIT", "1")
                .arg(&images[at])
                .args(["stdout", "-l", "nld+eng", "--psm", "1", "tsv"]);
            office::output(&mut command).map(drop).context("tesseract")
        })
    })?;
    println!(
        "ocr: tesseract {other:.1} s CPU, {:.1} s wall; CPU ratio {:.3} (target 1.05)",
        start.elapsed().as_secs_f64(),
        seconds / other
    );
    Ok(())
}
