//! `bron`: sources, their rules and schedules, and what a run would find. Never reads a document.

use super::args::{Bron, BronCommand};
use super::exit::Failure;
use super::{printable, serve, signals};
use crate::api::bronnen::register;
use crate::api::verwijderopdrachten::documents as documents_named;
use crate::mensen::{Actor, Via};
use crate::rooster::Rooster;
use crate::store::Store;
use crate::verwijderen::Voorstel;
use crate::web::labels::{bytes, count, moment, number, seconds};
use crate::{audit::Event, proefscan, runs};
use serde_json::json;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use zv_indexer::dms::Koppeling;
use zv_indexer::proefscan::{Fault, Proefscan};
use zv_indexer::run::ReadDocuments;
use zv_indexer::settings::Settings;
use zv_indexer::source::{Source, SourceError, SourceRules, Sources};
use zv_indexer::voorbeeld::{Preview, preview};
use zv_indexer::worker::{Reader, ReaderSettings};

/// Does it.
pub fn run(state: &Path, options: &Bron) -> Result<ExitCode, Failure> {
    let mut out = std::io::stdout().lock();
    match &options.opdracht {
        BronCommand::Lijst { json } => list(&mut out, state, *json)?,
        BronCommand::VoegToe {
            map,
            naam,
            sitemap,
            openbaar,
        } => {
            let rules = SourceRules {
                public: *openbaar,
                sitemap: sitemap.clone(),
                ..SourceRules::default()
            };
            let name = add(state, map.as_deref(), naam.as_deref(), rules)?;
            writeln!(out, "Bron toegevoegd: {}", printable(&name))?;
            writeln!(out, "Inlezen: zoekenvind bron lees {}", printable(&name))?;
        }
        BronCommand::Regels { naam, bestand } => {
            set_rules(state, naam, bestand)?;
            writeln!(out, "De regels van {} zijn gewijzigd.", printable(naam))?;
        }
        BronCommand::Koppeling {
            naam,
            bestand,
            voorbeeld,
        } => {
            let koppeling = mapping(bestand)?;
            match voorbeeld {
                true => {
                    let found = first_rows(state, naam, &koppeling)?;
                    writeln!(out, "{}", serde_json::to_string(&found)?)?;
                }
                false => {
                    let mut rules = known(state, naam)?.rules;
                    rules.export.list = Some(koppeling);
                    keep_rules(state, naam, rules)?;
                    writeln!(out, "De koppeling van {} is bewaard.", printable(naam))?;
                }
            }
        }
        BronCommand::Rooster(rooster) => {
            let next = schedule(state, &rooster.naam, &rooster.rooster())?;
            writeln!(out, "Volgende beurt: {next}")?;
        }
        BronCommand::Lees { naam, soort } => {
            known(state, naam)?;
            let id = store(state)?.ask_run(&actor(), naam, *soort)?;
            writeln!(
                out,
                "Opdracht {id} staat klaar. Een server die draait, begint eraan."
            )?;
        }
        BronCommand::VerwijderDocumenten(wanted) => {
            let documents = wanted.documenten.iter().map(String::as_str);
            let voorstel = Voorstel {
                grond: wanted.grond,
                kenmerk: wanted.kenmerk.clone(),
                toelichting: wanted.toelichting.clone(),
                documenten: documents_named(documents)?,
            };
            let id = serve::app(state)?.propose_removal(&actor(), &voorstel)?;
            writeln!(
                out,
                "Opdracht {id} is voorgesteld. Een ander besluit erover."
            )?;
        }
        BronCommand::BevestigVerwijdering { nummer } => {
            store(state)?.decide_removal(&actor(), *nummer, true)?;
            writeln!(
                out,
                "Opdracht {nummer} is bevestigd. Een server die draait, voert hem uit."
            )?;
        }
        BronCommand::Proefscan { naam, json } => {
            let source = known(state, naam)?;
            let found = look(state, &source)?;
            match json {
                true => writeln!(out, "{}", serde_json::to_string(&found)?)?,
                false => tell(&mut out, &found)?,
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn actor() -> Actor {
    Actor::local(Via::Opdracht)
}

fn store(state: &Path) -> Result<Store, Failure> {
    Ok(Store::open(state)?)
}

fn wrong(error: SourceError) -> Failure {
    Failure::new(error.to_string())
}

fn known(state: &Path, name: &str) -> Result<Source, Failure> {
    let sources = Sources::load(state).map_err(wrong)?;
    let found = sources.named(name).cloned();
    found.ok_or_else(|| wrong(SourceError::Unknown(name.to_owned())))
}

fn add(
    state: &Path,
    map: Option<&Path>,
    name: Option<&str>,
    rules: SourceRules,
) -> Result<String, Failure> {
    let source = register(state, map, name, rules).map_err(wrong)?;
    let gegevens = json!({"map": source.root.display().to_string(), "regels": source.rules});
    store(state)?.log(&Event::done(
        &actor(),
        "bron.toegevoegd",
        &source.name,
        gegevens,
    ))?;
    Ok(source.name)
}

fn set_rules(state: &Path, name: &str, file: &Path) -> Result<(), Failure> {
    keep_rules(state, name, from_json(file, "de regels")?)
}

fn mapping(file: &Path) -> Result<Koppeling, Failure> {
    from_json(file, "de koppeling")
}

/// What stands in a file of JSON.
fn from_json<T: serde::de::DeserializeOwned>(file: &Path, what: &str) -> Result<T, Failure> {
    let shown = file.display();
    let text = std::fs::read(file)
        .map_err(|error| Failure::usage(format!("{shown} is niet te lezen: {error}")))?;
    serde_json::from_slice(&text)
        .map_err(|error| Failure::usage(format!("{what} in {shown} klopt niet: {error}")))
}

fn first_rows(state: &Path, name: &str, koppeling: &Koppeling) -> Result<Preview, Failure> {
    let source = known(state, name)?;
    let settings = Settings::load(state).map_err(|error| Failure::new(error.to_string()))?;
    let reader = ReaderSettings {
        memory: settings.limits().most_memory(),
        ..ReaderSettings::new(state.join("spool-server"))
    };
    let make = || Ok(Box::new(Reader::new(reader)?) as Box<dyn ReadDocuments>);
    let found = preview(&source, &settings, koppeling, make);
    let found = found.map_err(|error| Failure::new(error.to_string()))?;
    let gegevens = json!({"lijst": koppeling.lijst, "rijen": found.rijen.len()});
    store(state)?.log(&Event::done(&actor(), "bron.lijst-bekeken", name, gegevens))?;
    Ok(found)
}

fn keep_rules(state: &Path, name: &str, rules: SourceRules) -> Result<(), Failure> {
    let before = known(state, name)?.rules;
    let after = Sources::set_rules(state, name, rules).map_err(wrong)?;
    let gegevens = json!({"was": before, "wordt": after.rules});
    store(state)?.log(&Event::done(&actor(), "bron.regels", name, gegevens))?;
    Ok(())
}

fn schedule(state: &Path, name: &str, rooster: &Rooster) -> Result<String, Failure> {
    known(state, name)?;
    let store = store(state)?;
    let seen = store.rooster(name)?.versie;
    store.set_rooster(&actor(), name, seen, rooster)?;
    Ok(match store.rooster(name)?.volgende {
        Some(next) => moment(next),
        None => "niet vanzelf".to_owned(),
    })
}

fn list(out: &mut impl Write, state: &Path, as_json: bool) -> Result<(), Failure> {
    let store = store(state)?;
    let sources = Sources::load(state).map_err(wrong)?;
    let coverage = runs::coverage(state)?;
    for (source, bron) in sources.list().iter().zip(coverage) {
        let kept = store.rooster(&source.name)?;
        if as_json {
            let line = json!({
                "naam": source.name, "map": source.root.display().to_string(), "regels": source.rules,
                "rooster": kept.rooster, "volgende": kept.volgende, "run": bron.run, "status": bron.status,
                "documenten": bron.documenten, "onleesbaar": bron.onleesbaar,
            });
            writeln!(out, "{line}")?;
            continue;
        }
        let next = kept.volgende.map_or("niet vanzelf".to_owned(), moment);
        let line = format!(
            "{}  {}  {}  volgende beurt: {next}",
            source.name,
            source.root.display(),
            count(bron.documenten, "document", "documenten"),
        );
        writeln!(out, "{}", printable(&line))?;
    }
    Ok(())
}

fn look(state: &Path, source: &Source) -> Result<Proefscan, Failure> {
    let stop = signals::flag();
    let stopped = || stop.load(Ordering::Relaxed);
    proefscan::look(state, source, &stopped, &|_| {}).map_err(Failure::new)
}

fn tell(out: &mut impl Write, found: &Proefscan) -> Result<(), Failure> {
    if !found.volledig {
        writeln!(
            out,
            "Let op: de proefscan is afgebroken; alles is ten minste."
        )?;
    }
    let total = &found.totaal;
    let files = count(total.bestanden, "bestand", "bestanden");
    writeln!(out, "{files}, samen {}", bytes(total.bytes))?;
    let mut kinds: Vec<_> = found.soorten.iter().collect();
    kinds.sort_by_key(|(_, amount)| std::cmp::Reverse(amount.bestanden));
    for (kind, amount) in kinds {
        let kind = printable(kind);
        writeln!(
            out,
            "  {kind:<14}{:>12}  {}",
            number(amount.bestanden),
            bytes(amount.bytes)
        )?;
    }
    let faults = [
        ("overgeslagen", &found.overgeslagen),
        ("geen toegang", &found.geen_toegang),
        ("mappen niet gelezen", &found.mappen_niet_gelezen),
        ("sidecar zonder bestand", &found.sidecar_zonder_bestand),
        ("bestand zonder sidecar", &found.bestand_zonder_sidecar),
    ];
    for (name, fault) in faults.into_iter().filter(|(_, fault)| fault.aantal > 0) {
        fault_lines(out, name, fault)?;
    }
    if !found.beperkingen.is_empty() {
        writeln!(out, "beperkingen in beschrijvingen:")?;
        for (name, times) in &found.beperkingen {
            writeln!(out, "  {:>12}  {}", number(*times), printable(name))?;
        }
        writeln!(
            out,
            "  {:>12}  (geen beperking genoemd)",
            number(found.zonder_beperking)
        )?;
        writeln!(
            out,
            "Wat elke beperking betekent, kiest u op de pagina Export van de bron, of met: zoekenvind bron regels"
        )?;
    }
    if found.leeg > 0 {
        writeln!(out, "zonder inhoud: {}", number(found.leeg))?;
    }
    let room = &found.ruimte;
    writeln!(
        out,
        "Ruimte, naar schatting: teksten {}, index {}; vrij nodig tijdens het inlezen {}.",
        bytes(room.teksten),
        bytes(room.index),
        bytes(room.nodig)
    )?;
    match found.seconden {
        Some(time) => writeln!(out, "Een eerste run duurt ongeveer {}.", seconds(time))?,
        None => writeln!(
            out,
            "Hoe lang een run duurt, is te schatten als hier eerder is ingelezen."
        )?,
    }
    Ok(())
}

fn fault_lines(out: &mut impl Write, name: &str, fault: &Fault) -> Result<(), Failure> {
    writeln!(out, "{name}: {}", number(fault.aantal))?;
    for example in &fault.voorbeelden {
        writeln!(out, "  {}", printable(example))?;
    }
    Ok(())
}
