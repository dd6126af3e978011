//! `lees`: what the reader makes of one file and everything inside it. Writes nothing to the index.

use super::args::Lees;
use super::exit::Failure;
use super::printable;
use crate::web::labels;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::UNIX_EPOCH;
use zv_indexer::enrich::{Known, enrich};
use zv_indexer::ocr::{self, Ocr, OcrSettings, Unavailable};
use zv_indexer::read::{LimitSet, Outcome, Passwords};
use zv_indexer::settings::Settings;
use zv_indexer::worker::{Reader, ReaderSettings, Reading, SpooledChild, WorkerError};

#[derive(Serialize)]
struct Property {
    naam: String,
    waarde: String,
}

/// What the reader made of a document. Field names are a contract with scripts.
#[derive(Serialize)]
struct Read {
    naam: String,
    soort: &'static str,
    formaat: String,
    titel: String,
    taal: Option<String>,
    metadata: Vec<Property>,
    paginas: Vec<String>,
    kinderen: Vec<Read>,
    status: &'static str,
    reden: Option<String>,
}

/// Does it.
pub fn run(options: &Lees) -> Result<ExitCode, Failure> {
    let shown = options.bestand.display();
    let failed = |error: io::Error| Failure::new(format!("{shown} is niet te lezen: {error}"));
    let file = File::open(&options.bestand).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(Failure::usage(format!("{shown} is geen bestand")));
    }
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let mtime = since.and_then(|since| i64::try_from(since.as_nanos()).ok());
    let name = options
        .bestand
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let passwords = match &options.wachtwoorden {
        None => Passwords::default(),
        Some(list) => Passwords::read(list).map_err(|why| {
            Failure::usage(format!("{} is niet te gebruiken: {why}", list.display()))
        })?,
    };
    let spool = spool()?;
    let read = {
        let limits = Settings::default();
        let ocr = match options.zonder_ocr {
            true => Err(Unavailable::Off),
            false => Ocr::find(OcrSettings::new(&limits, options.zonder_zandbak)),
        };
        let settings = ReaderSettings {
            without_sandbox: options.zonder_zandbak,
            passwords,
            ..ReaderSettings::new(spool.clone())
        };
        let mut reading = FileReader {
            reader: Reader::new(settings)?,
            settings: limits,
            ocr,
            mtime,
        };
        if let Some(warning) = reading.reader.warning() {
            writeln!(io::stderr(), "zoekenvind: {warning}")?;
        }
        reading.document(&file, name, 0)
    };
    // Nothing is left in it: children have no names on disk.
    let _ = std::fs::remove_dir_all(&spool);
    let read = read?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    if options.json {
        serde_json::to_writer(&mut out, &read)?;
        writeln!(out)?;
    } else {
        write_text(&mut out, &read, 0)?;
    }
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}

/// A private folder of this process for what lies inside a container.
fn spool() -> Result<std::path::PathBuf, Failure> {
    use std::os::unix::fs::DirBuilderExt;
    let folder = std::env::temp_dir().join(format!("zoekenvind-lees-{}", std::process::id()));
    // Fails when somebody made it before us.
    std::fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

struct FileReader {
    reader: Reader,
    settings: Settings,
    ocr: Result<Ocr, Unavailable>,
    mtime: Option<i64>,
}

impl FileReader {
    fn limits(&self) -> LimitSet {
        self.settings.limits()
    }

    fn document(&mut self, file: &File, name: String, depth: usize) -> Result<Read, WorkerError> {
        let limits = self.limits();
        let mut reading = self.reader.read(file, &name, &limits)?;
        match &self.ocr {
            Ok(ocr) if ocr.can_help(&reading) => {
                ocr.complete(file, &mut reading, &|| false);
            }
            other => ocr::explain(other.as_ref(), &mut reading),
        }
        let mut read = describe(&reading, name, self.mtime);
        for child in &reading.children {
            read.kinderen.push(self.child(child, depth + 1)?);
        }
        Ok(read)
    }

    fn child(&mut self, child: &SpooledChild, depth: usize) -> Result<Read, WorkerError> {
        let unreadable = |reason: String| Read {
            naam: child.name.clone(),
            soort: "onbekend",
            formaat: "onbekend".to_owned(),
            titel: child.name.clone(),
            taal: None,
            metadata: Vec::new(),
            paginas: Vec::new(),
            kinderen: Vec::new(),
            status: "onleesbaar",
            reden: Some(reason),
        };
        if let Some(reason) = &child.unreadable {
            return Ok(unreadable(reason.to_string()));
        }
        if depth > self.settings.children_depth as usize {
            return Ok(unreadable(format!(
                "grens bereikt: dieper dan {} niveaus",
                self.settings.children_depth
            )));
        }
        match child.open() {
            Ok(file) => self.document(&file, child.name.clone(), depth),
            Err(error) => Ok(unreadable(error.to_string())),
        }
    }
}

fn describe(reading: &Reading, name: String, mtime: Option<i64>) -> Read {
    let inner = name.rsplit('/').next().unwrap_or(&name);
    let known = Known {
        name: inner,
        format: &reading.format,
        properties: &reading.properties,
        text: &reading.text,
        mtime,
        attachments: &[],
    };
    let fields = enrich(&known);
    let (status, reden) = match &reading.outcome {
        Outcome::Whole => ("leesbaar", None),
        Outcome::Partial(reason) => ("gedeeltelijk", Some(reason.to_string())),
        Outcome::Unreadable(reason) => ("onleesbaar", Some(reason.to_string())),
    };
    let property = |(naam, waarde): &(String, String)| Property {
        naam: naam.clone(),
        waarde: waarde.clone(),
    };
    Read {
        soort: fields.kind,
        formaat: reading.format.clone(),
        titel: fields.title,
        taal: fields.language,
        metadata: reading.properties.iter().map(property).collect(),
        paginas: if reading.text.is_empty() {
            Vec::new()
        } else {
            reading.text.split('\u{c}').map(str::to_owned).collect()
        },
        kinderen: Vec::new(),
        status,
        reden,
        naam: name,
    }
}

fn write_text(out: &mut impl Write, read: &Read, depth: usize) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    writeln!(out, "{indent}{}", printable(&read.naam))?;
    let language = read
        .taal
        .as_deref()
        .map_or_else(String::new, |code| format!(", {}", labels::language(code)));
    writeln!(
        out,
        "{indent}  {} ({}{language}): {}",
        read.soort,
        labels::format_name(&read.formaat),
        read.status
    )?;
    if let Some(reason) = &read.reden {
        writeln!(out, "{indent}  reden: {}", printable(reason))?;
    }
    writeln!(out, "{indent}  titel: {}", printable(&read.titel))?;
    for property in &read.metadata {
        writeln!(
            out,
            "{indent}  {}: {}",
            printable(&property.naam),
            printable(&property.waarde)
        )?;
    }
    for (index, page) in read.paginas.iter().enumerate() {
        writeln!(out, "{indent}  --- bladzijde {} ---", index + 1)?;
        page.lines()
            .try_for_each(|line| writeln!(out, "{indent}  {}", printable(line)))?;
    }
    read.kinderen
        .iter()
        .try_for_each(|child| write_text(out, child, depth + 1))
}
