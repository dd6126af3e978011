//! How much of the text of office files, PDFs, pages and mails our readers find, beside other engines and
//! against LibreOffice's own text export (PDF: against pdftotext where two other engines agree with it).
//!
//! `[ZOEKENVIND_CORPUS=/path/to/files] cargo run --release -p zv-benches --bin recall [FOLDER TO KEEP [zelf]]`
//!
//! With `zelf` no other engine is asked. A kept folder also keeps what the engines gave: remove `andere` in it
//! to ask them again.
//!
//! Needs LibreOffice and poppler-utils; uses pandoc, docx2txt, catdoc, antiword, unrtf, odt2txt, xlsx2csv,
//! mupdf-tools and Python's pypdfium2 and python-pptx when they are there.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use zv_benches::office::{self, ENGINES, Engine};
use zv_benches::words::{self, Words};
use zv_benches::{mails, program, sources};

/// The formats in the order of the table, and what each comes from: a conversion of LibreOffice, or nothing.
const FORMATS: [&str; 15] = [
    "docx", "doc", "rtf", "odt", "xlsx", "xls", "ods", "pptx", "ppt", "odp", "html", "txt", "pdf",
    "epub", "eml",
];

/// A file to read.
struct File {
    path: PathBuf,
    format: &'static str,
    marks: Vec<String>,
    /// Its text, when the program that made it knows it.
    known: Option<String>,
}

/// What all engines found in one file.
struct Seen {
    format: &'static str,
    name: String,
    reference: Words,
    /// The reading of us first, then one for each engine of [`ENGINES`] that knows the format.
    texts: BTreeMap<&'static str, Option<Words>>,
    status: String,
    lost_marks: Vec<String>,
}

fn main() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let kept = std::env::args().nth(1).map(PathBuf::from);
    let work = kept.unwrap_or_else(|| temporary.path().to_owned());
    fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    let files = make(&work)?;
    for format in FORMATS {
        let paths: Vec<PathBuf> = of(&files, format).map(|file| file.path.clone()).collect();
        office::export(&work, &paths, format, &work.join("tekst").join(format))?;
    }
    let alone = std::env::args().nth(2).is_some();
    let engines = ENGINES.iter().filter(|engine| !alone && engine.installed());
    let engines: Vec<&Engine> = engines.collect();
    let seen = Mutex::new(Vec::new());
    office::in_parallel(files.len(), |_, at| {
        if let Some(one) = look(&files[at], &work, &engines)? {
            seen.lock()
                .map_err(|_| anyhow::anyhow!("poisoned"))?
                .push(one);
        }
        Ok(())
    })?;
    let mut seen = seen.into_inner()?;
    seen.sort_by(|a, b| a.name.cmp(&b.name));
    println!("{}", table(&seen, &engines));
    println!("{}", marks(&seen));
    println!("{}", worst(&seen));
    Ok(())
}

fn of<'a>(files: &'a [File], format: &'a str) -> impl Iterator<Item = &'a File> {
    files.iter().filter(move |file| file.format == format)
}

/// The files: own sources, the corpus, and what LibreOffice and pandoc make of both.
fn make(work: &Path) -> Result<Vec<File>> {
    let start = work.join("bron");
    fs::create_dir_all(&start)?;
    let mut marks = BTreeMap::new();
    let mut by_kind: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    for source in sources::all(8) {
        let path = start.join(format!("{}.{}", source.name, source.kind));
        fs::write(&path, &source.xml)?;
        marks.insert(source.name, source.marks);
        by_kind.entry(source.kind).or_default().push(path);
    }
    let given = corpus(work)?;
    let mut found: Vec<(PathBuf, &'static str)> = given.clone();
    let families: [(&str, &[&str], &[&'static str]); 3] = [
        (
            "fodt",
            &["docx", "odt"],
            &["docx", "doc", "rtf", "odt", "html", "txt", "pdf", "epub"],
        ),
        ("fods", &["xlsx", "ods", "xls"], &["xlsx", "xls", "ods"]),
        ("fodp", &["pptx", "odp"], &["pptx", "ppt", "odp", "pdf"]),
    ];
    for (kind, natives, targets) in families {
        let mut from = by_kind.remove(kind).unwrap_or_default();
        let native = given.iter().filter(|(_, format)| natives.contains(format));
        from.extend(native.map(|(path, _)| path.clone()));
        for &target in targets {
            let folder = work.join("bestanden").join(target);
            let filter = if target == "txt" {
                office::TEXT
            } else {
                target
            };
            let others: Vec<PathBuf> = from
                .iter()
                .filter(|path| path.extension() != Some(target.as_ref()))
                .cloned()
                .collect();
            office::convert(work, &others, filter, &folder)?;
            found.extend(made(&others, &folder, target).map(|path| (path, target)));
        }
    }
    found.extend(by_pandoc(work)?);
    let mut files: Vec<File> = found
        .into_iter()
        .map(|(path, format)| {
            let stem = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            File {
                marks: marks.get(&stem).cloned().unwrap_or_default(),
                path,
                format,
                known: None,
            }
        })
        .collect();
    files.extend(letters(work)?);
    Ok(files)
}

fn made<'a>(
    from: &'a [PathBuf],
    folder: &'a Path,
    extension: &'a str,
) -> impl Iterator<Item = PathBuf> + 'a {
    let paths = from.iter().filter_map(move |path| {
        Some(folder.join(format!(
            "{}.{extension}",
            path.file_stem()?.to_string_lossy()
        )))
    });
    paths.filter(|path| path.exists())
}

/// The office files, pages and PDFs below the corpus, under names that differ in more than their extension.
fn corpus(work: &Path) -> Result<Vec<(PathBuf, &'static str)>> {
    let Some(root) = std::env::var_os("ZOEKENVIND_CORPUS") else {
        return Ok(Vec::new());
    };
    let (mut folders, mut paths) = (vec![PathBuf::from(root)], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            match path.is_dir() {
                true => folders.push(path),
                false => paths.push(path),
            }
        }
    }
    paths.sort();
    let mut found = Vec::new();
    for path in paths {
        let extension = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let extension = if extension == "htm" {
            "html"
        } else {
            &extension
        };
        let Some(&format) = FORMATS
            .iter()
            .find(|&&format| format == extension && format != "txt")
        else {
            continue;
        };
        let folder = work.join("bestanden").join(format);
        fs::create_dir_all(&folder)?;
        let copy = folder.join(format!("c{:04}.{format}", found.len()));
        fs::copy(&path, &copy)?;
        found.push((copy, format));
    }
    Ok(found)
}

/// A Markdown text as pandoc writes it, which writes other files than LibreOffice.
fn by_pandoc(work: &Path) -> Result<Vec<(PathBuf, &'static str)>> {
    let mut found = Vec::new();
    for number in 0..6_u64 {
        let source = work.join("bron").join(format!("pandoc-{number}.md"));
        let mut text = format!("---\ntitle: Nota {number}\nauthor: A. Steller\n---\n\n# Kop\n\n");
        for part in 0..3 + number {
            let prose = |at| sources::prose(number * 100 + part * 10 + at, 2);
            let _ = write!(
                text,
                "{}[^{part}]\n\n[^{part}]: {}\n\n- {}\n- {}\n\n| Post | Bedrag |\n|---|---|\n| {} | € 12,50 |\n\n> {}\n\n`code {part}` en **vet** en $x^2$.\n\n## Deel {part}\n\n",
                prose(0),
                prose(1).trim_end(),
                prose(2),
                prose(3),
                prose(4).trim_end(),
                prose(5)
            );
        }
        fs::write(&source, text)?;
        for format in ["docx", "odt", "rtf", "html", "epub", "pptx"] {
            let folder = work.join("bestanden").join(format);
            fs::create_dir_all(&folder)?;
            let target = folder.join(format!("pandoc-{number}.{format}"));
            let _ = office::output(
                Command::new("pandoc")
                    .args(["-s", "-o"])
                    .arg(&target)
                    .arg(&source),
            );
            if target.exists() {
                found.push((target, format));
            }
        }
    }
    Ok(found)
}

/// Mails, one by one and in a mailbox.
fn letters(work: &Path) -> Result<Vec<File>> {
    let folder = work.join("bestanden/eml");
    fs::create_dir_all(&folder)?;
    let (mut mailbox, mut all, mut files) = (Vec::new(), String::new(), Vec::new());
    for number in 0..50 {
        let mail = mails::mail(number, 20);
        mails::append(&mut mailbox, &mail);
        all.push_str(&mail.text);
        let path = folder.join(format!("mail-{number:02}.eml"));
        fs::write(&path, &mail.bytes)?;
        files.push(File {
            path,
            format: "eml",
            marks: Vec::new(),
            known: Some(mail.text),
        });
    }
    let path = folder.join("postvak.mbox");
    fs::write(&path, mailbox)?;
    files.push(File {
        path,
        format: "eml",
        marks: Vec::new(),
        known: Some(all),
    });
    Ok(files)
}

/// What we and the engines make of a file; nothing when there is no text to compare with.
fn look(file: &File, work: &Path, engines: &[&Engine]) -> Result<Option<Seen>> {
    let format = file.format;
    let name = format!(
        "{format}/{}",
        file.path.file_name().unwrap_or_default().to_string_lossy()
    );
    let exported = work.join("tekst").join(format);
    let reference = match format {
        "pdf" => office::pdftotext(&file.path),
        // The text before pandoc or LibreOffice made a book of it.
        "epub" | "txt" => {
            let stem = file.path.file_stem().context("no name")?.to_string_lossy();
            office::reference(
                &work.join(format!("{stem}.odt")),
                "odt",
                &work.join("tekst/odt"),
            )
        }
        _ if file.known.is_some() => file.known.clone(),
        _ => office::reference(&file.path, format, &exported),
    };
    let reference = words::words(&reference.unwrap_or_default());
    if words::count(&reference) < 5 {
        return Ok(None);
    }
    let read = office::output(
        Command::new(program()?)
            .args(["lees", "--json", "--zonder-ocr"])
            .arg(&file.path),
    );
    let read: serde_json::Value =
        serde_json::from_str(&read.unwrap_or_default()).unwrap_or_default();
    let (mut own, mut everything) = (String::new(), String::new());
    collect(&read, format == "eml", &mut own, &mut everything);
    let mut texts = BTreeMap::new();
    for engine in engines
        .iter()
        .filter(|engine| engine.formats.contains(&format))
    {
        let text = asked(engine, file, work)?;
        texts.insert(engine.name, text.map(|text| words::words(&text)));
    }
    let status = format!(
        "{} {}",
        read["status"].as_str().unwrap_or("fout"),
        read["reden"].as_str().unwrap_or("")
    );
    let raw = raw(&file.path)?;
    let lost_marks = file
        .marks
        .iter()
        .filter(|mark| !everything.contains(mark.as_str()) && raw.contains(mark.as_str()));
    let lost_marks = lost_marks
        .map(|mark| {
            mark.trim_end_matches(|c: char| c.is_ascii_digit())
                .to_owned()
        })
        .collect();
    texts.insert("", Some(words::words(&own)));
    Ok(Some(Seen {
        format,
        name,
        reference,
        texts,
        status,
        lost_marks,
    }))
}

/// What an engine gives; asked once per kept folder, as some take seconds per file.
fn asked(engine: &Engine, file: &File, work: &Path) -> Result<Option<String>> {
    let folder = work.join("andere").join(engine.name).join(file.format);
    fs::create_dir_all(&folder)?;
    let kept = folder.join(file.path.file_name().context("no name")?);
    let failed = kept.with_added_extension("mislukt");
    if failed.exists() {
        return Ok(None);
    }
    if kept.exists() {
        return Ok(Some(fs::read_to_string(kept)?));
    }
    let text = engine.text(&file.path, file.format);
    match &text {
        Some(text) => fs::write(kept, text)?,
        None => fs::write(failed, "")?,
    }
    Ok(text)
}

/// The pages of a document; of everything in it also its properties and, if wanted as text, its children.
fn collect(
    read: &serde_json::Value,
    with_children: bool,
    own: &mut String,
    everything: &mut String,
) {
    let list = |name: &str| read[name].as_array().cloned().unwrap_or_default();
    for page in list("paginas") {
        own.push_str(page.as_str().unwrap_or_default());
        own.push('\n');
    }
    everything.push_str(own);
    for property in list("metadata") {
        everything.push_str(property["waarde"].as_str().unwrap_or_default());
        everything.push('\n');
    }
    for child in list("kinderen") {
        let mut inner = String::new();
        collect(&child, with_children, &mut inner, everything);
        if with_children {
            own.push_str(&inner);
        }
    }
}

/// Everything that stands in a file in so many letters, unpacked when it is a package.
fn raw(path: &Path) -> Result<String> {
    let bytes = fs::read(path)?;
    if bytes.starts_with(b"PK") {
        return Ok(office::output(Command::new("unzip").arg("-p").arg(path)).unwrap_or_default());
    }
    // UTF-16 without its zeros reads as the letters alone.
    Ok(bytes
        .iter()
        .filter(|&&byte| byte != 0)
        .map(|&byte| char::from(byte))
        .collect())
}

/// Mean and share of at least .9.
fn mean(values: &[f64]) -> String {
    let number = values.len().max(1) as f64;
    let good = values.iter().filter(|&&value| value >= 0.9).count() as f64;
    format!(
        "{:.3} ({:.3})",
        values.iter().sum::<f64>() / number,
        good / number
    )
}

fn score(seen: &Seen, engine: &str, by: fn(&Words, &Words) -> f64) -> f64 {
    let words = seen.texts.get(engine).and_then(Option::as_ref);
    words.map_or(0.0, |words| by(words, &seen.reference))
}

/// Whether the other engines agree about a PDF.
fn agreed(seen: &Seen) -> bool {
    seen.texts
        .keys()
        .filter(|name| !name.is_empty())
        .all(|name| score(seen, name, words::f1) >= 0.9)
}

fn table(seen: &[Seen], engines: &[&Engine]) -> String {
    let mut text = "| format | files | recall mean (share >= .9) | F1 | other engines, recall |\n|---|---|---|---|---|\n".to_owned();
    let mut row = |name: &str, these: &[&Seen], by: fn(&Words, &Words) -> f64| {
        let Some(first) = these.first() else {
            return;
        };
        let of = |engine: &str, by: fn(&Words, &Words) -> f64| {
            mean(
                &these
                    .iter()
                    .map(|one| score(one, engine, by))
                    .collect::<Vec<f64>>(),
            )
        };
        let known = ENGINES
            .iter()
            .filter(|engine| engine.formats.contains(&first.format));
        let others = known.map(
            |engine| match engines.iter().any(|it| it.name == engine.name) {
                true => format!("{} {}", engine.name, of(engine.name, by)),
                false => format!("{} -", engine.name),
            },
        );
        let others = others.collect::<Vec<_>>().join("; ");
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {} | {others} |",
            these.len(),
            of("", words::recall),
            of("", words::f1)
        );
    };
    for format in FORMATS {
        let these: Vec<&Seen> = seen.iter().filter(|one| one.format == format).collect();
        row(format, &these, words::recall);
        let corpus: Vec<&Seen> = these
            .iter()
            .copied()
            .filter(|one| one.name.contains("/c0"))
            .collect();
        row(
            &format!("{format}, from the corpus"),
            &corpus,
            words::recall,
        );
        if format == "pdf" {
            let agreed: Vec<&Seen> = these.into_iter().filter(|one| agreed(one)).collect();
            row("pdf where the others agree, F1", &agreed, words::f1);
        }
    }
    text
}

/// Which parts of the own documents we lost though their file has them.
fn marks(seen: &[Seen]) -> String {
    let mut lost: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for one in seen {
        lost.entry(one.format)
            .or_default()
            .extend(one.lost_marks.iter().map(String::as_str));
    }
    let lines = lost.into_iter().filter(|(_, lost)| !lost.is_empty());
    let lines = lines.map(|(format, lost)| {
        format!(
            "- {format}: {}\n",
            lost.into_iter().collect::<Vec<_>>().join(" ")
        )
    });
    format!(
        "Parts in the file that we do not give:\n{}",
        lines.collect::<String>()
    )
}

/// The files where most is missing, with words that are.
fn worst(seen: &[Seen]) -> String {
    let mut text = String::new();
    for format in FORMATS {
        let by = if format == "pdf" {
            words::f1
        } else {
            words::recall
        };
        let these = seen
            .iter()
            .filter(|one| one.format == format && (format != "pdf" || agreed(one)));
        let mut these: Vec<(f64, &Seen)> = these.map(|one| (score(one, "", by), one)).collect();
        these.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (score, one) in these.into_iter().take(8).filter(|(score, _)| *score < 0.97) {
            let empty = Words::new();
            let ours = one.texts.get("").and_then(Option::as_ref).unwrap_or(&empty);
            let lacks = words::missing(ours, &one.reference);
            let more = words::missing(&one.reference, ours);
            let list = |words: &[(String, u64)]| {
                words
                    .iter()
                    .take(12)
                    .map(|(word, n)| format!("{word}*{n}"))
                    .collect::<Vec<_>>()
                    .join(" ")
            };
            let _ = writeln!(
                text,
                "{} {score:.3} [{}] words {} missing: {} extra: {}",
                one.name,
                one.status.trim(),
                words::count(&one.reference),
                list(&lacks),
                list(&more)
            );
        }
    }
    text
}
