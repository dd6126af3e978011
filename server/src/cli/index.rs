//! `index`: one index run of a folder. What it does with generations of the index stands in `generaties`.

use super::args::Index;
use super::exit::Failure;
use super::{generaties, printable, progress, signals};
use crate::motor;
use crate::ophalen::{self, Ophaler};
use crate::state;
use crate::web::labels::{self, bytes, number, seconds};
use crate::zaken::vasthouden::Besluiten;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc;
use std::time::Duration;
use zv_indexer::account::{Account, Note, Runs, Status};
use zv_indexer::fetch::Fetch;
use zv_indexer::run::{self, RunError, RunRequest};
use zv_shared::index::{Claim, Engine, IndexError};

/// What was deleted leaves the disk within this time, at the first run after it.
const FORGOTTEN: Duration = Duration::from_secs(7 * 24 * 3600);
/// Before that it leaves every part of the index of which this share is deleted: rewriting a large one for each single
/// document would keep the disk busy every night.
const FORGOTTEN_SHARE: f32 = 0.05;

/// Does it.
pub fn run(state: &Path, options: &Index) -> Result<ExitCode, Failure> {
    generaties::run(state, options)?;
    let Some(map) = &options.map else {
        return Ok(ExitCode::SUCCESS);
    };
    let (bron, list) = (options.bron.as_deref(), options.wachtwoorden.as_deref());
    ophalen::make_root(state, map)?;
    let mut request = RunRequest::prepare_with(state, map, bron, list)?;
    request.fetch = Ophaler::of(&request.source).map(|fetch| Box::new(fetch) as Box<dyn Fetch>);
    request.every_byte = options.volledig;
    request.retry_unreadable = options.probeer_opnieuw;
    request.confirm_deletions = options.bevestig_verwijderen;
    request.without_sandbox = options.zonder_zandbak;
    request.without_ocr = options.zonder_ocr;
    let engine = motor::engine(&request.state)?;
    request.orders = match motor::only_reads(&request.state)? {
        true => Box::new(motor::Elders::of(engine.clone())),
        false => Box::new(Besluiten::of(&request.state)),
    };
    let account = index(&mut request, engine.as_ref(), options.json)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    if options.json {
        write_json(&mut out, state, &account, options.onleesbaar)?;
    } else {
        write_text(&mut out, state, &account, options.onleesbaar)?;
    }
    out.flush()?;
    Ok(ExitCode::from(account.exit_code()))
}

fn index(request: &mut RunRequest, engine: &dyn Engine, quiet: bool) -> Result<Account, Failure> {
    engine.clean()?;
    let writer = engine.writer(Claim::Source(&request.source.name))?;
    if let Some(limit) = writer.text_limit()? {
        request.settings.hold_at_most(limit);
    }
    let request = &*request;
    let stop = signals::flag();
    let account = std::thread::scope(|scope| -> Result<Account, RunError> {
        // Dropped at the end of this closure, however it ends: then the other thread ends too.
        let (_busy, ended) = mpsc::channel();
        if !quiet {
            scope.spawn(move || progress::show(&request.state, &ended));
        }
        run::run(request, writer.as_ref(), &stop)
    })?;
    if account.status == Status::Voltooid && account.gewijzigd + account.verwijderd > 0 {
        forget(&state::index_folder(&request.state), writer.as_ref())?;
    }
    writer.finish()?;
    if leaves_orphans(&request.state, &account) {
        sweep(engine)?;
    }
    Ok(account)
}

/// Lets what was deleted leave the disk: at once where it is much, and wherever it is when that was long ago.
fn forget(folder: &Path, writer: &dyn zv_shared::index::Write) -> Result<(), Failure> {
    let stamp = folder.join("OPGERUIMD");
    let last = std::fs::metadata(&stamp).and_then(|found| found.modified());
    let long_ago = last.map_or(true, |last| {
        last.elapsed().map_or(true, |since| since > FORGOTTEN)
    });
    match long_ago {
        true => {
            writer.forget_deleted(0.0)?;
            std::fs::write(&stamp, b"")?;
        }
        false => writer.forget_deleted(FORGOTTEN_SHARE)?,
    }
    Ok(())
}

/// Removes texts that no document uses: neither in the generation that is searched, nor in one that is kept to go back to.
/// When another machine writes, its texts may not be used yet: then it waits for a later run.
fn sweep(engine: &dyn Engine) -> Result<(), IndexError> {
    let writer = match engine.writer(Claim::All) {
        Err(IndexError::Busy(_)) => return Ok(()),
        result => result?,
    };
    let kept = engine.kept_texts()?;
    writer.blobs().sweep(|key| {
        let before = kept.as_ref().map_or(Ok(false), |kept| kept.uses(key))?;
        Ok(before || writer.uses_text(key)?)
    })?;
    writer.finish()
}

/// Whether texts may lie in the store that no document uses any more: asking it for each of them takes time, so
/// a run after which that cannot be leaves it alone.
fn leaves_orphans(state: &Path, account: &Account) -> bool {
    // Of a document that waited for OCR the text without it was stored, too.
    if account.tekstherkenning > 0 {
        return true;
    }
    if account.run <= 1 {
        return false;
    }
    // A killed run leaves no account.
    let before = Runs::new(state).load(account.run - 1);
    let broken = !before.is_ok_and(|before| before.status == Status::Voltooid);
    let read_again = account.bytes > 0 && account.onleesbaar > 0;
    broken || read_again || account.gewijzigd + account.verwijderd > 0
}

fn write_json(
    out: &mut impl Write,
    state: &Path,
    account: &Account,
    unreadable: bool,
) -> Result<(), Failure> {
    let mut value = serde_json::to_value(account)?;
    if unreadable && let Some(object) = value.as_object_mut() {
        let mut list = Vec::new();
        each_unreadable(state, account, |line| {
            list.push(serde_json::to_value(line)?);
            Ok(())
        })?;
        object.insert("onleesbare_bestanden".to_owned(), list.into());
    }
    serde_json::to_writer(&mut *out, &value)?;
    Ok(writeln!(out)?)
}

fn write_text(
    out: &mut impl Write,
    state: &Path,
    account: &Account,
    unreadable: bool,
) -> Result<(), Failure> {
    let status = match account.status {
        Status::Voltooid => "voltooid",
        Status::Afgebroken => "afgebroken; een volgende run gaat verder",
        Status::Mislukt => "mislukt",
    };
    writeln!(
        out,
        "Run {} van bron {}: {status}",
        account.run,
        printable(&account.bron)
    )?;
    let rows = [
        ("gezien", account.gezien),
        ("  nieuw", account.nieuw),
        ("  gewijzigd", account.gewijzigd),
        ("    niet gelezen", account.zonder_lezen),
        ("  verplaatst", account.verplaatst),
        ("  ongewijzigd", account.ongewijzigd),
        ("  onleesbaar", account.onleesbaar),
        ("  overgeslagen", account.overgeslagen),
        ("verwijderd", account.verwijderd),
        ("verdwenen, vastgehouden", account.verdwenen),
        ("gedeeltelijk", account.gedeeltelijk),
        ("rechten onbekend", account.rechten_onbekend),
        ("tekstherkenning", account.tekstherkenning),
        ("kinderen gelezen", account.kinderen.gelezen),
        ("kinderen onleesbaar", account.kinderen.onleesbaar),
        ("documenten", account.documenten),
    ];
    for (name, value) in rows {
        writeln!(out, "  {name:<22}{:>12}", number(value))?;
    }
    writeln!(
        out,
        "  {} gelezen in {}",
        bytes(account.bytes),
        seconds(account.seconden)
    )?;
    if let Some(export) = &account.export {
        writeln!(out, "Export uit een documentsysteem:")?;
        for (name, value) in labels::export(export) {
            writeln!(out, "  {name:<52}{:>12}", number(value))?;
        }
    }
    if account.ingehouden > 0 {
        let count = number(account.ingehouden);
        writeln!(
            out,
            "Let op: {count} bestanden zijn verdwenen. Ze blijven in de index. Klopt het dat ze weg zijn?"
        )?;
        writeln!(
            out,
            "Geef dan dezelfde opdracht met --bevestig-verwijderen."
        )?;
    }
    for warning in &account.waarschuwingen {
        writeln!(out, "Let op: {}", printable(warning))?;
    }
    if unreadable {
        each_unreadable(state, account, |line| {
            Ok(writeln!(
                out,
                "{}\t{}",
                printable(&line.pad),
                printable(&line.reden)
            )?)
        })?;
    }
    Ok(())
}

fn each_unreadable(
    state: &Path,
    account: &Account,
    mut each: impl FnMut(&zv_indexer::account::Line) -> Result<(), Failure>,
) -> Result<(), Failure> {
    for line in Runs::new(state).lines(account.run)? {
        let line = line?;
        if line.uitkomst == Note::Onleesbaar {
            each(&line)?;
        }
    }
    Ok(())
}
