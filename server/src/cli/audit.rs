//! `audit`: doing a recorded search again, and following the audit trail. On this computer only, for whoever may read
//! the state folder; where there are accounts, documents are named by their id alone.

use super::args::{Audit, AuditCommand, Controleer, Herhaal};
use super::exit::Failure;
use super::{printable, serve, spoor};
use crate::audit::Checked;
use crate::mensen::{Actor, Via};
use crate::state::App;
use crate::store::Store;
use crate::web::labels;
use crate::zaken::acties::{Verslag, Zoekactie};
use crate::zaken::herhaling::{Regel, Verschil, runs_since, verschil};
use crate::zaken::telling::{Member, Telling, load_results, members, results_file, results_hash};
use crate::zaken::woordenlijst::gebruik::lijsten;
use crate::zaken::{LOCAL, Zaak};
use serde::Serialize;
use serde_json::json;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use zv_indexer::account::Account;
use zv_shared::DocId;
use zv_shared::index::Scope;
use zv_shared::index::{IndexError, Snapshot};

/// Does it.
pub fn run(state: &Path, options: &Audit) -> Result<ExitCode, Failure> {
    match &options.opdracht {
        AuditCommand::Herhaal(options) => repeat(state, options),
        AuditCommand::Controleer(options) => match &options.uitvoer {
            Some(file) => spoor::check_file(file, options),
            None => check(state, options),
        },
        AuditCommand::Lees(options) => spoor::read(state, options),
        AuditCommand::Uitvoer(options) => spoor::export(state, options),
        AuditCommand::AanvaardKlok { reden } => {
            Store::open(state)?.accept_clock(&Actor::local(Via::Opdracht), reden)?;
            let told = "De klok is aanvaard. Start de server opnieuw; iedereen logt opnieuw in.";
            writeln!(io::stdout(), "{told}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What following the trail came to.
#[derive(Serialize)]
pub(super) struct Outcome {
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
    let mut wrong = store.check_zoekacties(state)?;
    wrong.extend(store.check_versies(state)?);
    let outcome = Outcome::of(checked, wrong);
    let mut out = io::stdout().lock();
    match options.json {
        true => json_line(&mut out, &outcome)?,
        false => outcome.tell(&mut out, "Het auditspoor", true)?,
    }
    Ok(outcome.code())
}

impl Outcome {
    pub(super) fn of(checked: Checked, fouten: Vec<String>) -> Self {
        Outcome {
            klopt: checked.broken.is_none() && fouten.is_empty(),
            regels: checked.head.nummer,
            hoofd: checked.head.to_string(),
            breuk: checked.broken.map(|broken| broken.to_string()),
            fouten,
        }
    }

    pub(super) fn code(&self) -> ExitCode {
        ExitCode::from(u8::from(!self.klopt))
    }

    /// Tells it; with what was found of zoekacties when those were looked at.
    pub(super) fn tell(&self, out: &mut impl Write, what: &str, searches: bool) -> io::Result<()> {
        let records = labels::count(self.regels, "regel", "regels");
        match &self.breuk {
            None => writeln!(out, "{what} klopt: {records}.")?,
            Some(broken) => writeln!(out, "{what} klopt niet: {broken}. Tot daar: {records}.")?,
        }
        for fault in &self.fouten {
            writeln!(out, "Fout: {}.", printable(fault))?;
        }
        if searches && self.fouten.is_empty() {
            writeln!(out, "Alle zoekacties zijn zoals het auditspoor zegt.")?;
        }
        writeln!(out, "Hoofd: {}", self.hoofd)
    }
}

pub(super) fn json_line(out: &mut impl Write, value: &impl Serialize) -> Result<(), Failure> {
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
    let file = results_file(&app.folder, &zaak.id, nummer);
    let then = load_results(&file, &telling.uitkomst).map_err(|error| {
        Failure::new(format!(
            "de bewaarde lijst van documenten is niet te gebruiken: {error}"
        ))
    })?;
    let verslag = &actie.verslag;
    let search = app.search_again(verslag)?;
    // Of a search without accounts in an archive without known sources, the whole archive was searched.
    let scope = match verslag.bronnen.is_empty() && verslag.machtigingen.is_empty() {
        true => Scope::everything(),
        false => app.scope_of(verslag)?,
    };
    let snapshot = app.snapshot_for_repeat(&scope)?;
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
        anders: changed_since(app, &zaak, verslag)?,
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
fn changed_since(app: &App, zaak: &Zaak, verslag: &Verslag) -> Result<Vec<String>, Failure> {
    let now = lijsten(&*app.lists_now(&zaak.id)?);
    let differences = [
        (
            now != verslag.lijsten,
            "de lijsten met synoniemen zijn gewijzigd; hier is gezocht met die van toen",
        ),
        (
            zv_analyzers::fingerprint() != verslag.analyse,
            "de regels voor woorden zijn gewijzigd",
        ),
        (
            env!("CARGO_PKG_VERSION") != verslag.programma,
            "het programma heeft een andere versie",
        ),
    ];
    let real = differences.into_iter().filter(|(differs, _)| *differs);
    Ok(real.map(|(_, sentence)| sentence.to_owned()).collect())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::tests::{Site, document, run, site_with, write};
    use crate::zaken::telling::save_results;
    use zv_indexer::source::Sources;
    use zv_shared::ContentHash;

    /// A site without accounts where "subsidie" was searched, and counted.
    async fn searched() -> Site {
        let site = site_with(4, |document| {
            let last = document.title.as_bytes().iter().rev().nth(4).copied();
            document.content = last.map(|digit| ContentHash([digit; 32]));
        });
        let state = &site.app.folder;
        Sources::register(state, &state.join("archief"), Some("archief")).expect("source");
        run(state, 1, "archief", "voltooid");
        let address = site.ask(json!({"vraag": "subsidie"})).await;
        site.json(&address).await;
        for _ in 0..600 {
            let actie = site
                .app
                .store
                .zoekactie(LOCAL, 1)
                .expect("asked")
                .expect("there");
            if actie.telling.is_some() {
                return site;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("never counted");
    }

    fn told(repeated: &Repeated) -> String {
        let mut out = Vec::new();
        repeated.tell(&mut out).expect("told");
        String::from_utf8(out).expect("utf-8")
    }

    #[tokio::test]
    async fn the_same_index_gives_the_same_hash() {
        let site = searched().await;
        let again = repeated(&site.app, None, 1).expect("repeated");
        assert!(
            again.zelfde && again.toen == again.nu && again.runs.is_empty(),
            "{again:?}"
        );
        assert!(
            told(&again)
                .starts_with("Zelfde uitkomst voor zoekactie 1 van zaak lokaal.\nSHA-256: ")
        );
        let known = site
            .app
            .store
            .audit_entries("zoekactie.herhaald")
            .expect("entries");
        assert_eq!(known[0].gegevens["zelfde"], true);
        assert!(
            repeated(&site.app, None, 9).is_err() && repeated(&site.app, Some("x"), 1).is_err()
        );
    }

    #[tokio::test]
    async fn a_later_index_tells_what_came_changed_and_went_and_by_which_run() {
        let site = searched().await;
        let state = &site.app.folder;
        let mut changed = document("000.txt", 0);
        changed.content = Some(ContentHash([77; 32]));
        let documents = vec![
            (changed, "nog steeds subsidie".to_owned()),
            (document("001.txt", 1), "geen woord meer".to_owned()),
            (document("008.txt", 8), "ook subsidie".to_owned()),
        ];
        write(state, documents, &[document("002.txt", 2).id]);
        run(state, 2, "archief", "voltooid");
        let again = repeated(&site.app, None, 1).expect("repeated");
        assert!(!again.zelfde && again.toen != again.nu);
        let ids = |lines: &[Regel]| {
            lines
                .iter()
                .map(|line| line.document.clone())
                .collect::<Vec<_>>()
        };
        let id = |name: &str| vec![document(name, 0).id.to_string()];
        assert_eq!(ids(&again.toegevoegd), id("008.txt"));
        assert_eq!(ids(&again.gewijzigd), id("000.txt"));
        assert_eq!(again.gewijzigd[0].wordt, "4d".repeat(32));
        assert_eq!(ids(&again.niet_meer_gevonden), id("001.txt"));
        assert_eq!(ids(&again.uit_index), id("002.txt"));
        assert_eq!(
            again.runs.iter().map(|run| run.run).collect::<Vec<_>>(),
            [2]
        );
        let text = told(&again);
        for part in [
            "Andere uitkomst",
            "Toegevoegd: 1",
            "archief: map/008.txt",
            "run 2 van archief",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[tokio::test]
    async fn what_was_changed_behind_the_trail_is_named() {
        let site = searched().await;
        let (store, state) = (&site.app.store, &site.app.folder);
        assert_eq!(
            store.check_zoekacties(state).expect("checked"),
            Vec::<String>::new()
        );
        let file = results_file(state, LOCAL, 1);
        let actie = store.zoekactie(LOCAL, 1).expect("asked").expect("actie");
        let telling = actie.telling.as_ref().expect("counted");
        let members = load_results(&file, &telling.uitkomst).expect("list");
        assert!(crate::zaken::vergelijking::found(state, LOCAL, &[&actie]).is_ok());
        save_results(&file, &members[1..]).expect("saved");
        let faults = store.check_zoekacties(state).expect("checked");
        assert!(
            faults.len() == 1 && faults[0].contains("lijst van documenten is gewijzigd"),
            "{faults:?}"
        );
        assert!(repeated(&site.app, None, 1).is_err());
        assert!(crate::zaken::vergelijking::found(state, LOCAL, &[&actie]).is_err());
        save_results(&file, &members).expect("saved");
        // Somebody with the file and enough knowledge takes the triggers away first.
        let raw = rusqlite::Connection::open(state.join("toestand.db")).expect("raw");
        raw.execute_batch("DROP TRIGGER zoekactie_blijft; DROP TRIGGER zoekactie_gaat_niet_weg;")
            .expect("triggers");
        raw.execute_batch(
            "UPDATE zoekactie SET verslag = replace(verslag, 'subsidie', 'subsidies')",
        )
        .expect("changed");
        let faults = store.check_zoekacties(state).expect("checked");
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(
            faults[0]
                .starts_with("zoekactie 1 van zaak lokaal: het verslag is niet meer die van regel")
        );
        raw.execute_batch("DELETE FROM zoekactie").expect("deleted");
        let faults = store.check_zoekacties(state).expect("checked");
        assert!(
            faults.len() == 1 && faults[0].ends_with("van het auditspoor is weg"),
            "{faults:?}"
        );
    }

    #[test]
    fn a_broken_trail_is_no_success() {
        let folder = tempfile::tempdir().expect("folder");
        let check = |hoofd: Vec<crate::audit::Head>| {
            let options = Controleer {
                hoofd,
                uitvoer: None,
                json: true,
            };
            check(folder.path(), &options).expect("checked")
        };
        assert_eq!(check(Vec::new()), ExitCode::SUCCESS);
        let published = format!("7:{}", "a".repeat(64)).parse().expect("a head");
        assert_eq!(check(vec![published]), ExitCode::from(1));
    }
}
