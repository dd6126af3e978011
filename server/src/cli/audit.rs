//! `audit`: doing a recorded search again, and following the audit trail. On this computer only, for whoever may read
//! the state folder; where there are accounts, documents are named by their id alone.

use super::args::{Audit, AuditCommand, Controleer, Herhaal};
use super::exit::Failure;
use super::{printable, serve};
use crate::mensen::{Actor, Via};
use crate::state::App;
use crate::store::Store;
use crate::web::labels;
use crate::zaken::acties::{Verslag, Zoekactie};
use crate::zaken::herhaling::{Regel, Verschil, runs_since, verschil};
use crate::zaken::telling::{Member, Telling, load_results, members, results_file, results_hash};
use crate::zaken::{LOCAL, Zaak};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use zv_indexer::account::Account;
use zv_shared::DocId;
use zv_shared::index::{IndexError, Snapshot};

/// Does it.
pub fn run(state: &Path, options: &Audit) -> Result<ExitCode, Failure> {
    match &options.opdracht {
        AuditCommand::Herhaal(options) => repeat(state, options),
        AuditCommand::Controleer(options) => check(state, options),
    }
}

/// What following the trail came to.
#[derive(Serialize)]
struct Outcome {
    /// Whether all of it is sound.
    klopt: bool,
    /// Records up to the end of the sound part.
    regels: u64,
    /// The head of the sound part.
    hoofd: String,
    /// The first fault of the chain.
    breuk: Option<String>,
    /// What is wrong with stored zoekacties.
    fouten: Vec<String>,
}

fn check(state: &Path, options: &Controleer) -> Result<ExitCode, Failure> {
    let store = Store::open(state)?;
    let checked = store.check_audit(&options.hoofd)?;
    let fouten = store.check_zoekacties(state)?;
    let outcome = Outcome {
        klopt: checked.broken.is_none() && fouten.is_empty(),
        regels: checked.head.nummer,
        hoofd: checked.head.to_string(),
        breuk: checked.broken.map(|broken| broken.to_string()),
        fouten,
    };
    let mut out = io::stdout().lock();
    match options.json {
        true => json_line(&mut out, &outcome)?,
        false => outcome.tell(&mut out)?,
    }
    Ok(if outcome.klopt {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(1)
    })
}

impl Outcome {
    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let records = labels::count(self.regels, "regel", "regels");
        match &self.breuk {
            None => writeln!(out, "Het auditspoor klopt: {records}.")?,
            Some(broken) => writeln!(
                out,
                "Het auditspoor klopt niet: {broken}. Tot daar: {records}."
            )?,
        }
        for fault in &self.fouten {
            writeln!(out, "Fout: {}.", printable(fault))?;
        }
        if self.fouten.is_empty() {
            writeln!(out, "Alle zoekacties zijn zoals het auditspoor zegt.")?;
        }
        writeln!(out, "Hoofd: {}", self.hoofd)
    }
}

fn json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value)?;
    Ok(writeln!(out)?)
}

/// What doing a search again came to.
#[derive(Debug, Serialize)]
struct Repeated {
    zaak: String,
    zoekactie: u32,
    /// Whether the same documents with the same content were found.
    zelfde: bool,
    /// SHA-256 of what was found then.
    toen: String,
    /// The same now.
    nu: String,
    toegevoegd: Vec<Regel>,
    gewijzigd: Vec<Regel>,
    /// Not found any more: those that are still in the index, and those that are not.
    niet_meer_gevonden: Vec<Regel>,
    uit_index: Vec<Regel>,
    /// Runs since, of the sources that were searched.
    runs: Vec<Run>,
    /// What else is different since.
    anders: Vec<String>,
}

/// A run in between.
#[derive(Debug, Serialize)]
struct Run {
    run: u64,
    bron: String,
    begonnen: jiff::Timestamp,
    nieuw: u64,
    gewijzigd: u64,
    verplaatst: u64,
    verwijderd: u64,
}

impl From<Account> for Run {
    fn from(account: Account) -> Self {
        Run {
            run: account.run,
            bron: account.bron,
            begonnen: account.begonnen,
            nieuw: account.nieuw,
            gewijzigd: account.gewijzigd,
            verplaatst: account.verplaatst,
            verwijderd: account.verwijderd,
        }
    }
}

fn repeat(state: &Path, options: &Herhaal) -> Result<ExitCode, Failure> {
    let app = serve::app(state)?;
    let repeated = repeated(&app, options.zaak.as_deref(), options.nummer)?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    match options.json {
        true => json_line(&mut out, &repeated)?,
        false => repeated.tell(&mut out)?,
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

fn repeated(app: &App, zaaknummer: Option<&str>, nummer: u32) -> Result<Repeated, Failure> {
    let (zaak, actie, telling) = recorded(app, zaaknummer, nummer)?;
    let then = load_results(&results_file(&app.folder, &zaak.id, nummer)).map_err(|error| {
        Failure::new(format!(
            "de bewaarde lijst van documenten is niet te lezen: {error}"
        ))
    })?;
    if results_hash(&then) != telling.uitkomst {
        return Err(Failure::new(
            "de bewaarde lijst van documenten is gewijzigd: hij past niet bij de vastgelegde SHA-256",
        ));
    }
    let verslag = &actie.verslag;
    let search = verslag
        .zoekvraag
        .search(&app.lists)
        .map_err(|error| Failure::new(error.melding))?;
    let names: BTreeSet<String> = verslag
        .bronnen
        .iter()
        .map(|bron| bron.naam.clone())
        .collect();
    // Of a search without accounts in an archive without known sources, the whole archive was searched.
    let scope = (!names.is_empty() || !verslag.machtigingen.is_empty()).then_some(&names);
    let snapshot = app.snapshot_for_repeat(scope)?;
    let now = members(&*snapshot, &search)?;
    let found = verschil(&then, &now);
    let show = !app.store.has_accounts()?;
    let accounts = crate::runs::all(&app.folder)?;
    let nu = results_hash(&now);
    let gegevens = json!({"zelfde": nu == telling.uitkomst, "uitkomst": nu});
    let event = zaak.did(
        &Actor::local(Via::Opdracht),
        "zoekactie.herhaald",
        nummer.to_string(),
        gegevens,
    );
    app.store.log(&event)?;
    let (still, gone) = still_there(&*snapshot, &found)?;
    let lines = |members: Vec<Member>| {
        lines(
            &*snapshot,
            show,
            members.into_iter().map(|one| (None, Some(one))),
        )
    };
    let went = |members: Vec<Member>| {
        self::lines(
            &*snapshot,
            show,
            members.into_iter().map(|one| (Some(one), None)),
        )
    };
    Ok(Repeated {
        zaak: zaak.intake.nummer.clone(),
        zoekactie: nummer,
        zelfde: nu == telling.uitkomst,
        toen: telling.uitkomst,
        toegevoegd: lines(found.toegevoegd)?,
        gewijzigd: self::lines(
            &*snapshot,
            show,
            found
                .gewijzigd
                .into_iter()
                .map(|(was, is)| (Some(was), Some(is))),
        )?,
        niet_meer_gevonden: went(still)?,
        uit_index: went(gone)?,
        runs: runs_since(verslag, accounts)
            .into_iter()
            .map(Run::from)
            .collect(),
        anders: changed_since(app, verslag),
        nu,
    })
}

/// The zoekactie with its case and counts.
fn recorded(
    app: &App,
    zaaknummer: Option<&str>,
    nummer: u32,
) -> Result<(Zaak, Zoekactie, Telling), Failure> {
    let zaak = match zaaknummer {
        Some(zaaknummer) => app.store.zaak_numbered(zaaknummer)?,
        None => app.store.zaak(LOCAL)?,
    };
    let zaak = zaak
        .ok_or_else(|| Failure::usage("deze zaak bestaat niet; geef het zaaknummer met --zaak"))?;
    let actie = app.store.zoekactie(&zaak.id, nummer)?;
    let actie = actie.ok_or_else(|| {
        Failure::usage(format!(
            "zaak {} heeft geen zoekactie {nummer}",
            zaak.intake.nummer
        ))
    })?;
    let telling = match &actie.telling {
        None => {
            return Err(Failure::new(
                "de tellingen van deze zoekactie zijn nog niet klaar; start eenmaal: zoekenvind serve",
            ));
        }
        Some(Telling {
            gemist: Some(why), ..
        }) => {
            return Err(Failure::new(format!(
                "van deze zoekactie is geen lijst bewaard: {why}"
            )));
        }
        Some(telling) => telling.clone(),
    };
    Ok((zaak, actie, telling))
}

/// Of what is not found any more: what is still in the index, and what is not.
fn still_there(
    snapshot: &dyn Snapshot,
    found: &Verschil,
) -> Result<(Vec<Member>, Vec<Member>), IndexError> {
    let (mut still, mut gone) = (Vec::new(), Vec::new());
    for member in &found.verdwenen {
        match snapshot.doc(DocId(member.0))? {
            Some(_) => still.push(*member),
            None => gone.push(*member),
        }
    }
    Ok((still, gone))
}

/// Documents for an answer; with their place when `show`.
fn lines(
    snapshot: &dyn Snapshot,
    show: bool,
    members: impl Iterator<Item = (Option<Member>, Option<Member>)>,
) -> Result<Vec<Regel>, IndexError> {
    let line = |(was, is): (Option<Member>, Option<Member>)| {
        let mut line = Regel::new(was.as_ref(), is.as_ref());
        if let (true, Some((id, _))) = (show, is.or(was)) {
            let document = snapshot.doc(DocId(id))?;
            line.plaats = document.map(|document| format!("{}: {}", document.bron, document.place));
        }
        Ok(line)
    };
    members.map(line).collect()
}

/// What else, besides the documents, is not as it was.
fn changed_since(app: &App, verslag: &Verslag) -> Vec<String> {
    let lists: Vec<String> = app
        .lists
        .versions()
        .into_iter()
        .map(|(name, version, terms)| format!("{name}, versie {version}, {terms} termen"))
        .collect();
    let differences = [
        (
            lists != verslag.lijsten,
            "de lijsten met synoniemen zijn gewijzigd",
        ),
        (
            zv_analyzers::fingerprint().to_string() != verslag.analyse,
            "de regels voor woorden zijn gewijzigd",
        ),
        (
            env!("CARGO_PKG_VERSION") != verslag.programma,
            "het programma heeft een andere versie",
        ),
    ];
    let real = differences.into_iter().filter(|(differs, _)| *differs);
    real.map(|(_, sentence)| sentence.to_owned()).collect()
}

impl Repeated {
    fn tell(&self, out: &mut impl Write) -> io::Result<()> {
        let which = format!(
            "zoekactie {} van zaak {}",
            self.zoekactie,
            printable(&self.zaak)
        );
        match self.zelfde {
            true => writeln!(out, "Zelfde uitkomst voor {which}.\nSHA-256: {}", self.nu)?,
            false => writeln!(
                out,
                "Andere uitkomst voor {which}.\nSHA-256 toen: {}\nSHA-256 nu:   {}",
                self.toen, self.nu
            )?,
        }
        let parts = [
            ("Toegevoegd", &self.toegevoegd),
            (
                "Gewijzigd (zelfde document, andere inhoud)",
                &self.gewijzigd,
            ),
            (
                "Niet meer gevonden, wel in de index",
                &self.niet_meer_gevonden,
            ),
            ("Niet meer in de index", &self.uit_index),
        ];
        for (name, lines) in parts {
            if lines.is_empty() {
                continue;
            }
            writeln!(out, "\n{name}: {}", labels::number(lines.len() as u64))?;
            for line in lines {
                let place = line.plaats.as_deref().unwrap_or("");
                writeln!(out, "  {}  {}", line.document, printable(place))?;
            }
        }
        for sentence in &self.anders {
            writeln!(out, "\nSindsdien anders: {sentence}.")?;
        }
        if !self.runs.is_empty() {
            writeln!(out, "\nSindsdien ingelezen:")?;
        }
        for run in &self.runs {
            writeln!(
                out,
                "  run {} van {}, {}: {} nieuw, {} gewijzigd, {} verplaatst, {} verwijderd",
                run.run,
                printable(&run.bron),
                labels::moment(run.begonnen),
                run.nieuw,
                run.gewijzigd,
                run.verplaatst,
                run.verwijderd
            )?;
        }
        Ok(())
    }
}
