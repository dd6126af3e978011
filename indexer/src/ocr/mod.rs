//! OCR: gives the pages of a reading that are images their text, by tesseract; pages of a PDF are drawn by
//! pdftoppm. Both run as sandboxed outside programs at low priority. Never decides which document gets OCR,
//! and never touches a page that has text of its own except to add to it.

mod picture;
mod tsv;

use std::fs::File;
use std::io::{self, Seek};
use std::ops::RangeInclusive;
use std::time::{Duration, Instant};

use crate::read::{Outcome, Reason, key, page_list};
use crate::settings::Settings;
use crate::worker::{Program, ProgramSettings, Reading};
use picture::Pictures;
use tsv::Recognised;

/// What to run on Debian and its kin to get everything that OCR needs.
const INSTALL: &str = "sudo apt install tesseract-ocr tesseract-ocr-nld poppler-utils";
/// Bytes of output of tesseract for one page: a page of 100,000 words.
const MOST_OUTPUT: usize = 16 * 1024 * 1024;
/// Image formats that tesseract opens by itself.
const IMAGES: [&str; 7] = ["png", "jpeg", "tiff", "gif", "bmp", "webp", "jp2"];

/// Why there is no OCR on this machine. `Display` is what users see behind "geen OCR".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// tesseract is not there, or does not run.
    #[error("tesseract is niet geïnstalleerd (op Debian: {INSTALL})")]
    NoTesseract,
    /// It does not know Dutch: English words on Dutch scans lose text in silence.
    #[error("tesseract kent geen Nederlands (op Debian: {INSTALL})")]
    NoDutch,
    /// The user does not want it.
    #[error("tekstherkenning staat uit")]
    Off,
}

/// How OCR is done.
#[derive(Clone, Debug)]
pub struct OcrSettings {
    /// How its programs are run.
    pub program: ProgramSettings,
    /// Seconds of wall clock per page.
    pub seconds: u64,
}

impl OcrSettings {
    /// As the settings of a run have it.
    pub fn new(settings: &Settings, without_sandbox: bool) -> Self {
        OcrSettings {
            program: ProgramSettings {
                // Not the path: that may have become another version since this process started.
                launcher: "/proc/self/exe".into(),
                memory: settings.reader_memory,
                without_sandbox,
            },
            seconds: settings.ocr_seconds,
        }
    }
}

/// Ready to recognise text.
#[derive(Clone, Debug)]
pub struct Ocr {
    settings: OcrSettings,
    /// Such as `nld+eng`.
    languages: String,
    /// Such as `tesseract 5.3.0`.
    version: String,
    orientation: bool,
    draws_pdf: bool,
}

/// How OCR of one document ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finish {
    /// Every page was tried.
    Done,
    /// It was stopped before the end; the reading is as it was.
    Stopped,
}

impl Ocr {
    /// Finds the programs on this machine.
    pub fn find(settings: OcrSettings) -> Result<Ocr, Unavailable> {
        let ask = |name, argument| {
            let deadline = Instant::now() + Duration::from_secs(30);
            let mut program = Program::start(&settings.program, name, &[argument], None).ok()?;
            let said = program.read_all(MOST_OUTPUT, deadline).ok()?;
            let said = String::from_utf8_lossy(&said).into_owned();
            program.succeeded().then_some(said)
        };
        let version = ask("tesseract", "--version").ok_or(Unavailable::NoTesseract)?;
        let known = ask("tesseract", "--list-langs").unwrap_or_default();
        let knows = |language: &str| known.lines().any(|line| line.trim() == language);
        if !knows("nld") {
            return Err(Unavailable::NoDutch);
        }
        let languages = ["nld", "eng"].into_iter().filter(|&it| knows(it));
        Ok(Ocr {
            languages: languages.collect::<Vec<_>>().join("+"),
            version: version.lines().next().unwrap_or("tesseract").to_owned(),
            orientation: knows("osd"),
            draws_pdf: ask("pdftoppm", "-v").is_some(),
            settings,
        })
    }

    /// What decides about the text that comes out: something else gives other texts.
    pub fn describe(&self) -> String {
        let Ocr {
            version, languages, ..
        } = self;
        format!(
            "{version} {languages} {} {}",
            self.orientation, self.draws_pdf
        )
    }

    /// Whether a reading has pages that OCR can do something with.
    pub fn can_help(&self, reading: &Reading) -> bool {
        let readable = match reading.format.as_str() {
            "pdf" => self.draws_pdf,
            format => IMAGES.contains(&format),
        };
        readable && !wanted(reading).is_empty()
    }

    /// Recognises the pages of `reading` that are images, out of `file`, and puts their text in. Asks `stop`
    /// between pages.
    pub fn complete(&self, file: &File, reading: &mut Reading, stop: &dyn Fn() -> bool) -> Finish {
        let wanted = wanted(reading);
        let mut pages = Pages::of(reading);
        let mut found = Found::default();
        for run in runs(&wanted) {
            let mut pictures = match reading.format.as_str() {
                "pdf" => Pictures::of_pdf(self, file, run.clone()),
                "tiff" if pages.texts.len() > 1 => Pictures::of_file(file, true),
                _ => Pictures::of_file(file, false),
            };
            for page in run {
                if stop() {
                    return Finish::Stopped;
                }
                let recognised = pictures
                    .page(page)
                    .and_then(|picture| self.recognise(picture.file, picture.number));
                match recognised {
                    Ok(recognised) => found.add(page, recognised, &mut pages),
                    Err(reason) => found.fail(page, reason),
                }
            }
        }
        found.conclude(reading, pages);
        Finish::Done
    }

    /// The words on one picture; `number` is its place in a file of several.
    fn recognise(&self, picture: File, number: Option<u32>) -> Result<Recognised, Reason> {
        let page = number.map(|number| format!("tessedit_page_number={}", number - 1));
        let mut arguments = vec!["stdin", "stdout", "-l", &self.languages];
        // Finds out first how the page lies: a page upside down gives nothing otherwise (recall .02).
        arguments.extend(["--psm", if self.orientation { "1" } else { "3" }]);
        if let Some(page) = &page {
            arguments.extend(["-c", page]);
        }
        arguments.push("tsv");
        let deadline = Instant::now() + Duration::from_secs(self.settings.seconds);
        let run = || -> io::Result<(Vec<u8>, bool)> {
            let mut picture = picture;
            picture.rewind()?;
            let mut program = Program::start(
                &self.settings.program,
                "tesseract",
                &arguments,
                Some(picture),
            )?;
            let output = program.read_all(MOST_OUTPUT, deadline)?;
            Ok((output, program.succeeded()))
        };
        match run() {
            Ok((output, true)) => Ok(tsv::parse(&String::from_utf8_lossy(&output))),
            Ok((_, false)) => Err(Reason::Broken(
                "tesseract kan deze afbeelding niet lezen".into(),
            )),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                let seconds = self.settings.seconds;
                Err(Reason::Limit(format!(
                    "OCR langer dan {seconds} seconden voor een pagina"
                )))
            }
            Err(error) => Err(Reason::Other(format!("OCR mislukt: {error}"))),
        }
    }
}

/// Adds to the reason of a reading that lacks OCR why it does, and what can be done.
pub fn explain(ocr: Result<&Ocr, &Unavailable>, reading: &mut Reading) {
    let (Outcome::Partial(reason) | Outcome::Unreadable(reason)) = &mut reading.outcome else {
        return;
    };
    if !matches!(reason, Reason::NoOcr { .. }) {
        return;
    }
    let why = match ocr {
        Err(unavailable) => unavailable.to_string(),
        Ok(_) if reading.format == "pdf" => {
            format!("pdftoppm is niet geïnstalleerd (op Debian: {INSTALL})")
        }
        Ok(_) => format!("tesseract leest het formaat {} niet", reading.format),
    };
    *reason = Reason::Other(format!("{reason}: {why}"));
}

/// The pages that a reader called images.
fn wanted(reading: &Reading) -> Vec<u32> {
    let list = reading
        .properties
        .iter()
        .find(|(name, _)| name == key::SCANS);
    let pages = list.map_or_else(Vec::new, |(_, list)| page_list::parse(list));
    let last = reading.pages.len();
    pages
        .into_iter()
        .filter(|&page| usize::try_from(page).is_ok_and(|page| page <= last))
        .collect()
}

/// Pages that follow each other.
fn runs(pages: &[u32]) -> Vec<RangeInclusive<u32>> {
    let mut runs: Vec<RangeInclusive<u32>> = Vec::new();
    for &page in pages {
        match runs.last_mut() {
            Some(run) if run.end() + 1 == page => *run = *run.start()..=page,
            _ => runs.push(page..=page),
        }
    }
    runs
}

/// The text of a reading, page by page.
struct Pages {
    texts: Vec<String>,
}

impl Pages {
    fn of(reading: &Reading) -> Pages {
        let ends = reading.pages.iter().skip(1).map(|start| start - 1);
        let ends = ends.chain([reading.text.len()]);
        let texts = reading.pages.iter().zip(ends);
        Pages {
            texts: texts
                .map(|(&start, end)| reading.text.get(start..end).unwrap_or_default().to_owned())
                .collect(),
        }
    }

    /// Puts the text back, pages joined as a reading has them.
    fn put_into(self, reading: &mut Reading) {
        reading.text.clear();
        reading.pages.clear();
        for (i, text) in self.texts.iter().enumerate() {
            if i > 0 {
                reading.text.push('\u{c}');
            }
            reading.pages.push(reading.text.len());
            reading.text.push_str(text);
        }
    }
}

/// What OCR of a document gave so far.
#[derive(Default)]
struct Found {
    pages: Vec<u32>,
    words: u64,
    confidence: f64,
    failed: Option<(u32, Reason)>,
}

impl Found {
    fn add(&mut self, page: u32, recognised: Recognised, pages: &mut Pages) {
        if recognised.words == 0 {
            return;
        }
        if let Some(text) = pages.texts.get_mut(page as usize - 1) {
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&recognised.text);
        }
        self.pages.push(page);
        self.words += recognised.words;
        self.confidence += recognised.confidence;
    }

    fn fail(&mut self, page: u32, reason: Reason) {
        self.failed.get_or_insert((page, reason));
    }

    fn conclude(self, reading: &mut Reading, pages: Pages) {
        pages.put_into(reading);
        reading.properties.retain(|(name, _)| name != key::SCANS);
        if !self.pages.is_empty() {
            let confidence = self.confidence / self.words as f64;
            reading.properties.extend([
                (key::OCR_PAGES.to_owned(), page_list::write(&self.pages)),
                (key::OCR_CONFIDENCE.to_owned(), format!("{confidence:.0} %")),
            ]);
        }
        let empty = reading.text.trim().is_empty();
        let only_scans = match &reading.outcome {
            Outcome::Whole => true,
            Outcome::Partial(reason) | Outcome::Unreadable(reason) => {
                matches!(reason, Reason::NoOcr { .. })
            }
        };
        reading.outcome = match self.failed {
            Some((_, reason)) if empty => Outcome::Unreadable(reason),
            Some((page, reason)) => {
                Outcome::Partial(Reason::Other(format!("OCR van pagina {page}: {reason}")))
            }
            None if !only_scans => return,
            None if empty => Outcome::Unreadable(Reason::Other(
                "geen tekst gevonden, ook niet met OCR: waarschijnlijk een foto of tekening".into(),
            )),
            None => Outcome::Whole,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str, pages: Vec<usize>, scans: &str) -> Reading {
        Reading {
            format: "pdf".into(),
            text: text.into(),
            pages,
            properties: vec![(key::SCANS.into(), scans.into())],
            children: Vec::new(),
            outcome: Outcome::Partial(Reason::NoOcr { pages: 1, of: 3 }),
        }
    }

    fn words(text: &str, confidence: f64) -> Recognised {
        let words = text.split_whitespace().count() as u64;
        Recognised {
            text: text.into(),
            words,
            confidence: confidence * words as f64,
        }
    }

    #[test]
    fn recognised_text_comes_on_its_own_page_and_says_how_sure_it_is() {
        let mut it = reading("brief\u{c}\u{c}Pagina 3", vec![0, 6, 7], "2-3 9");
        assert_eq!(wanted(&it), [2, 3]);
        let (mut pages, mut found) = (Pages::of(&it), Found::default());
        found.add(2, words("twee woorden", 90.0), &mut pages);
        found.add(3, words("nog twee", 80.0), &mut pages);
        found.conclude(&mut it, pages);
        assert_eq!(it.text, "brief\u{c}twee woorden\u{c}Pagina 3\nnog twee");
        assert_eq!(it.pages, [0, 6, 19]);
        assert_eq!(it.outcome, Outcome::Whole);
        assert_eq!(
            it.properties,
            [
                (key::OCR_PAGES.to_owned(), "2-3".to_owned()),
                (key::OCR_CONFIDENCE.to_owned(), "85 %".to_owned()),
            ]
        );
    }

    #[test]
    fn a_page_that_fails_shows_and_the_rest_stays() {
        let mut it = reading("brief\u{c}\u{c}", vec![0, 6, 7], "2-3");
        let (mut pages, mut found) = (Pages::of(&it), Found::default());
        found.add(2, words("gelezen", 90.0), &mut pages);
        found.fail(3, Reason::Limit("te lang".into()));
        found.conclude(&mut it, pages);
        let Outcome::Partial(reason) = &it.outcome else {
            panic!("{:?}", it.outcome)
        };
        assert_eq!(
            reason.to_string(),
            "OCR van pagina 3: grens bereikt: te lang"
        );
        assert!(it.text.contains("gelezen"));
    }

    #[test]
    fn another_fault_of_the_document_is_not_hidden_by_ocr() {
        let broken = Outcome::Partial(Reason::Broken("pagina 1".into()));
        let mut it = reading("\u{c}", vec![0, 1], "2");
        it.outcome = broken.clone();
        let (mut pages, mut found) = (Pages::of(&it), Found::default());
        found.add(2, words("gelezen", 90.0), &mut pages);
        found.conclude(&mut it, pages);
        assert_eq!(it.outcome, broken);
    }

    #[test]
    fn pages_that_follow_each_other_are_drawn_in_one_go() {
        assert_eq!(runs(&[1, 2, 3, 5, 8, 9]), [1..=3, 5..=5, 8..=9]);
    }
}
