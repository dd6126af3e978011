//! `audit lees`, `audit uitvoer`, and following a file of the trail: the audit trail for whoever may read the state
//! folder. Where there are accounts, what was searched and found in cases is left out: the pages show it to whom it is
//! for. Never changes a record; adds one that tells of the reading.

use super::args::{Controleer, LeesSpoor, SpoorFilter, VoerUit};
use super::audit::json_line;
use super::exit::Failure;
use super::printable;
use crate::audit::bestand;
use crate::mensen::{Actor, Via};
use crate::store::Store;
use crate::store::spoor::{Blik, Filter, Regel};
use crate::uitvoer::bestand::{hash, work_folder};
use crate::uitvoer::spoor::{SpoorFout, Vorm, csv, jsonl};
use crate::web::labels;
use std::fs::File;
use std::io::{self, BufReader, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::ExitCode;

/// Records asked for at a time.
const STRETCH: usize = 500;

/// `audit lees`.
pub fn read(state: &Path, options: &LeesSpoor) -> Result<ExitCode, Failure> {
    let store = Store::open(state)?;
    let (filter, blik) = (filter(&store, &options.filter)?, blik(&store)?);
    let mut out = io::BufWriter::new(io::stdout().lock());
    let (mut before, mut left) = (None, options.max);
    while left > 0 {
        let page = store.audit_page(&filter, blik, before, left.min(STRETCH))?;
        left -= page.regels.len();
        for line in &page.regels {
            match options.json {
                true => json_line(&mut out, line)?,
                false => tell(&mut out, line)?,
            }
        }
        before = page.verder;
        if before.is_none() {
            break;
        }
    }
    let event = store.read_event(&actor(), &filter, options.max - left)?;
    store.log(&event)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn tell(out: &mut impl Write, line: &Regel) -> io::Result<()> {
    let moment = line.tijd.parse().map(labels::moment);
    let zaak = line.zaaknummer.as_ref().unwrap_or(&line.zaak);
    let mut text = format!(
        "{}  {}  {} ({})  {}  {}",
        line.nummer,
        moment.unwrap_or_else(|_| line.tijd.clone()),
        line.naam,
        line.oorsprong,
        line.actie,
        line.resultaat
    );
    if !line.object.is_empty() {
        text.push_str(&format!("  {}", line.object));
    }
    if !zaak.is_empty() {
        text.push_str(&format!("  zaak {zaak}"));
    }
    writeln!(out, "{}", printable(&text))?;
    let more = [
        ("vraag", &line.zoekvraag),
        ("toelichting", &line.toelichting),
        ("gegevens", &line.gegevens),
    ];
    for (name, text) in more {
        if let Some(text) = text.as_ref().filter(|text| *text != "{}") {
            writeln!(out, "    {name}: {}", printable(text))?;
        }
    }
    Ok(())
}

/// `audit uitvoer`.
pub fn export(state: &Path, options: &VoerUit) -> Result<ExitCode, Failure> {
    let store = Store::open(state)?;
    let (filter, blik) = (filter(&store, &options.filter)?, blik(&store)?);
    if options.vorm == Vorm::Jsonl && filter != Filter::default() {
        return Err(Failure::usage(
            "een bestand dat na te rekenen is, is altijd het hele spoor; laat de andere opties weg",
        ));
    }
    // It holds what the state folder holds: only for its owner.
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&options.bestand);
    let mut file = file.map_err(|error| {
        let path = options.bestand.display();
        Failure::usage(format!("{path} is niet te maken: {error}"))
    })?;
    let goes_on = || true;
    let written = match options.vorm {
        Vorm::Csv => csv(
            &store,
            (&filter, blik),
            &file,
            &work_folder(state),
            &goes_on,
        ),
        Vorm::Jsonl => jsonl(&store, &file, &goes_on),
    };
    let (regels, hoofd) = written?;
    file.sync_all()?;
    let (sha256, _) = hash(&mut file)?;
    store.record_trail_export(&actor(), options.vorm, &sha256, regels, &hoofd)?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "Geschreven: {}.\nSHA-256: {sha256}\nHoofd: {hoofd}",
        labels::count(regels, "regel", "regels")
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `audit controleer --uitvoer`.
pub fn check_file(path: &Path, options: &Controleer) -> Result<ExitCode, Failure> {
    let file = File::open(path)
        .map_err(|error| Failure::usage(format!("{} is niet te lezen: {error}", path.display())))?;
    let checked = bestand::check(&mut BufReader::new(file), &options.hoofd)?;
    let outcome = super::audit::Outcome::of(checked, Vec::new());
    let mut out = io::stdout().lock();
    match options.json {
        true => json_line(&mut out, &outcome)?,
        false => outcome.tell(&mut out, "De uitvoer", false)?,
    }
    Ok(outcome.code())
}

/// Whoever sits at this computer.
fn actor() -> Actor {
    Actor::local(Via::Opdracht)
}

fn blik(store: &Store) -> Result<Blik, Failure> {
    Ok(match store.has_accounts()? {
        true => Blik::ZonderInhoud,
        false => Blik::Alles,
    })
}

fn filter(store: &Store, asked: &SpoorFilter) -> Result<Filter, Failure> {
    let zaak = match &asked.zaak {
        None => None,
        Some(zaak) => match store.zaak_numbered(zaak)? {
            Some(zaak) => Some(zaak.id),
            None => Some(store.zaak(zaak)?.map(|zaak| zaak.id).ok_or_else(|| {
                Failure::usage("deze zaak bestaat niet; geef het zaaknummer met --zaak")
            })?),
        },
    };
    let account = match &asked.account {
        None => None,
        Some(login) => match store.account_named(login)? {
            Some(account) => Some(account.id),
            // The key of an account, or of who acts without one.
            None => Some(login.clone()),
        },
    };
    Ok(Filter {
        zaak,
        account,
        actie: asked.actie.clone(),
        resultaat: asked.resultaat,
        van: asked.van,
        tot: asked.tot,
        tekst: asked.tekst.clone(),
    })
}

impl From<SpoorFout> for Failure {
    fn from(error: SpoorFout) -> Self {
        Failure::new(error.to_string())
    }
}
