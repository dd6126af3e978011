//! Documents that an organisation published: fetched by its sitemap into the folder of a source, before a run reads them.
//! Only from the server of the sitemap itself: what a sitemap names elsewhere may be no public place at all, and would be
//! taken for public here. Never opens what it fetched; a reader process reads the sitemaps.

mod bewaard;
#[cfg(test)]
mod tests;

use crate::uitgaand;
use bewaard::{Bewaard, Stuk};
use reqwest::header::{ETAG, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION};
use reqwest::{Response, StatusCode, Url};
use rustix::fs::statvfs;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use zv_indexer::dms::{Row, diwoo, first, key};
use zv_indexer::fetch::{self, Fetch, Fetching};
use zv_indexer::source::{Source, SourceError, Sources};

/// How long one document may take.
const ANSWER: Duration = Duration::from_secs(300);
/// The largest sitemap, as the protocol has it with some room.
const SITEMAP_BYTES: u64 = 64 << 20;
/// The largest document, unless the source has a limit of its own.
const DOCUMENT_BYTES: u64 = 512 << 20;
/// Sitemaps of one source.
const SITEMAPS: usize = 2_000;
/// Documents of one source.
const DOCUMENTS: usize = 500_000;
/// How often an address may send on to another.
const REDIRECTS: usize = 5;
/// Questions in a second, unless the source has a limit of its own: the server is somebody else's.
const PACE: u32 = 5;
/// What stays free on the disk.
const FREE: u64 = 1 << 30;
/// After so many documents it is kept which are there.
const KEEP: usize = 50;

/// Fetches what a source consists of.
#[derive(Debug)]
pub struct Ophaler {
    sitemap: String,
    largest: u64,
    pause: Duration,
}

impl Ophaler {
    /// For a source with a sitemap.
    pub fn of(source: &Source) -> Option<Ophaler> {
        let rules = &source.rules;
        let pace = rules.files_per_second.unwrap_or(PACE).max(1);
        Some(Ophaler {
            sitemap: rules.sitemap.clone()?,
            largest: rules.largest.unwrap_or(DOCUMENT_BYTES),
            pause: Duration::from_secs(1) / pace,
        })
    }
}

/// Makes the folder of a source that will be fetched; its name must be free.
///
/// # Errors
/// [`SourceError`]
pub fn new_root(state: &Path, naam: &str) -> Result<PathBuf, SourceError> {
    let sources = Sources::load(state)?;
    sources.is_free(naam)?;
    let root = fetch::root(state, naam);
    let failed = |error| SourceError::File(root.display().to_string(), error);
    fs::create_dir_all(&root).map_err(failed)?;
    Ok(root)
}

/// Makes the folder of a source that is fetched, when `map` is one: after a copy was put back it is not there.
///
/// # Errors
/// When it cannot be made.
pub fn make_root(state: &Path, map: &Path) -> std::io::Result<()> {
    match map.starts_with(fetch::folder(state)) {
        true => fs::create_dir_all(map),
        false => Ok(()),
    }
}

impl Fetch for Ophaler {
    fn fetch(&self, fetching: Fetching<'_>) -> Result<BTreeMap<String, String>, String> {
        let start = Url::parse(&self.sitemap).map_err(|_| "het adres van de sitemap klopt niet")?;
        let client = uitgaand::client(None, ANSWER).map_err(|error| error.to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        let own = fetching.root.parent().unwrap_or(fetching.root);
        let mut work = Werk {
            client,
            start,
            pause: self.pause,
            last: None,
            known: Bewaard::load(own),
            own: own.to_owned(),
            missing: BTreeMap::new(),
            fetching,
        };
        runtime.block_on(work.all(self.largest))?;
        Ok(work.missing)
    }
}

/// What became of a question.
enum Antwoord {
    /// The file is there, as new.
    Nieuw,
    /// It is as it was.
    Zelfde,
    /// It is not public any more.
    Weg(String),
}

/// One time that everything is fetched.
struct Werk<'f> {
    client: reqwest::Client,
    /// The sitemap; everything else must come from its server.
    start: Url,
    pause: Duration,
    /// When was last asked for something.
    last: Option<Instant>,
    known: Bewaard,
    /// The folder of the source; files that are not whole yet lie here.
    own: PathBuf,
    missing: BTreeMap<String, String>,
    fetching: Fetching<'f>,
}

impl Werk<'_> {
    async fn all(&mut self, largest: u64) -> Result<(), String> {
        let Some((rows, sitemaps)) = self.sitemaps().await? else {
            return Ok(());
        };
        let whole = self.missing.is_empty();
        let mut wanted = sitemaps;
        let mut done = 0;
        for row in rows {
            if (self.fetching.stop)() {
                return self.known.save(&self.own);
            }
            if wanted.len() >= DOCUMENTS {
                let why = format!("meer dan {DOCUMENTS} documenten");
                self.missing.insert(row.pad, why);
                continue;
            }
            if !wanted.insert(row.pad.clone()) {
                continue;
            }
            self.document(&row, largest).await;
            done += 1;
            if done % KEEP == 0 {
                (self.fetching.tell)(done as u64);
                self.known.save(&self.own)?;
            }
        }
        (self.fetching.tell)(done as u64);
        // What a sitemap that could not be had names is not gone.
        if whole {
            for path in self.known.not_in(&wanted) {
                self.drop(&path);
            }
        }
        self.known.save(&self.own)
    }

    /// The rows of all sitemaps, and where these lie; `None` when it must end.
    async fn sitemaps(&mut self) -> Result<Option<(Vec<Row>, BTreeSet<String>)>, String> {
        let mut waiting = VecDeque::from([(fetch::SITEMAP.to_owned(), self.start.to_string())]);
        let mut met = BTreeSet::new();
        let mut documents = Vec::new();
        while let Some((path, address)) = waiting.pop_front() {
            if (self.fetching.stop)() {
                return Ok(None);
            }
            if !met.insert(path.clone()) {
                continue;
            }
            let first_one = path == fetch::SITEMAP;
            let found = match self.file(&path, &address, None, SITEMAP_BYTES).await {
                Ok(Antwoord::Weg(why)) | Err(why) => Err(why),
                Ok(_) => self.rows(&path),
            };
            match found {
                Ok(rows) => {
                    for row in rows {
                        let of = |key| first(&row.velden, key).unwrap_or_default();
                        match of(key::LAYOUT) == diwoo::INDEX {
                            true if met.len() + waiting.len() < SITEMAPS => {
                                waiting.push_back((row.pad.clone(), of(key::ADDRESS).to_owned()));
                            }
                            true => return Err(format!("er zijn meer dan {SITEMAPS} sitemaps")),
                            false => documents.push(row),
                        }
                    }
                }
                Err(why) if first_one => return Err(format!("de sitemap is er niet, {why}")),
                Err(why) => {
                    self.missing.insert(path, why);
                }
            }
        }
        Ok(Some((documents, met)))
    }

    fn rows(&mut self, path: &str) -> Result<Vec<Row>, String> {
        let file = File::open(self.fetching.root.join(path)).map_err(said)?;
        (self.fetching.rows)(&file)
    }

    /// Brings one document up to date, or notes why not.
    async fn document(&mut self, row: &Row, largest: u64) {
        let of = |key| first(&row.velden, key);
        let address = of(key::ADDRESS).unwrap_or_default().to_owned();
        let changed = of(diwoo::CHANGED).map(str::to_owned);
        let path = &row.pad;
        if self
            .known
            .is_current(path, changed.as_deref(), &self.fetching.root.join(path))
        {
            return;
        }
        match self.file(path, &address, changed, largest).await {
            Ok(Antwoord::Nieuw | Antwoord::Zelfde) => {}
            Ok(Antwoord::Weg(why)) => {
                // Withdrawn: it must not be called public any longer.
                self.drop(path);
                self.missing.insert(path.clone(), why);
            }
            Err(why) => {
                self.missing.insert(path.clone(), why);
            }
        }
    }

    fn drop(&mut self, path: &str) {
        // One that is gone already is as it should be.
        let _ = fs::remove_file(self.fetching.root.join(path));
        self.known.remove(path);
    }

    /// Asks for one file and lays it at its place.
    async fn file(
        &mut self,
        path: &str,
        address: &str,
        changed: Option<String>,
        largest: u64,
    ) -> Result<Antwoord, String> {
        let place = self.fetching.root.join(path);
        let before = self
            .known
            .get(path)
            .filter(|before| before.is_at(&place))
            .cloned();
        let mut answer = match self.ask(address, before.as_ref()).await? {
            answer if answer.status() == StatusCode::NOT_MODIFIED => {
                if let Some(before) = before {
                    self.known.insert(path, Stuk { changed, ..before });
                }
                return Ok(Antwoord::Zelfde);
            }
            answer if answer.status() == StatusCode::OK => answer,
            answer => {
                let why = format!("de server antwoordt {}", answer.status().as_u16());
                let gone = [StatusCode::NOT_FOUND, StatusCode::GONE];
                return match gone.contains(&answer.status()) {
                    true => Ok(Antwoord::Weg(why)),
                    false => Err(why),
                };
            }
        };
        let header = |name| {
            let value = answer.headers().get(name)?;
            Some(value.to_str().ok()?.to_owned())
        };
        let (etag, modified) = (header(ETAG), header(LAST_MODIFIED));
        let bytes = self
            .write(&mut answer, &place, modified.as_deref(), largest)
            .await?;
        let stuk = Stuk {
            changed,
            etag,
            modified,
            bytes,
        };
        self.known.insert(path, stuk);
        Ok(Antwoord::Nieuw)
    }

    /// Lays an answer at its place, whole or not at all. Gives its size.
    async fn write(
        &self,
        answer: &mut Response,
        place: &Path,
        modified: Option<&str>,
        largest: u64,
    ) -> Result<u64, String> {
        let too_large = || format!("groter dan {}", crate::web::labels::bytes(largest));
        if answer.content_length().is_some_and(|bytes| bytes > largest) {
            return Err(too_large());
        }
        let part = self.own.join("deel");
        let mut file = File::create(&part).map_err(said)?;
        let mut bytes = 0u64;
        while let Some(piece) = answer.chunk().await.map_err(unheard)? {
            bytes += piece.len() as u64;
            if bytes > largest {
                return Err(too_large());
            }
            self.room(piece.len() as u64)?;
            file.write_all(&piece).map_err(said)?;
        }
        if let Some(time) = modified.and_then(moment) {
            file.set_modified(time).map_err(said)?;
        }
        drop(file);
        if let Some(folder) = place.parent() {
            fs::create_dir_all(folder).map_err(said)?;
        }
        fs::rename(&part, place).map_err(said)?;
        Ok(bytes)
    }

    fn room(&self, bytes: u64) -> Result<(), String> {
        let disk = statvfs(&self.own).map_err(|error| said(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        match free > FREE + bytes {
            true => Ok(()),
            false => Err("de schijf is bijna vol".to_owned()),
        }
    }

    /// Asks for an address, and for those that it sends on to.
    async fn ask(&mut self, address: &str, before: Option<&Stuk>) -> Result<Response, String> {
        let mut url = Url::parse(address).map_err(|_| "dit is geen adres")?;
        for _ in 0..=REDIRECTS {
            self.allowed(&url)?;
            self.wait().await;
            let mut question = self.client.get(url.clone());
            if let Some(etag) = before.and_then(|before| before.etag.as_deref()) {
                question = question.header(IF_NONE_MATCH, etag);
            }
            if let Some(time) = before.and_then(|before| before.modified.as_deref()) {
                question = question.header(IF_MODIFIED_SINCE, time);
            }
            let answer = question.send().await.map_err(unheard)?;
            let goes_on =
                answer.status().is_redirection() && answer.status() != StatusCode::NOT_MODIFIED;
            if !goes_on {
                return Ok(answer);
            }
            let next = answer.headers().get(LOCATION);
            let next = next.and_then(|next| next.to_str().ok());
            let next = next.and_then(|next| url.join(next).ok());
            url = next.ok_or("de server verwijst naar niets")?;
        }
        Err("de server blijft doorverwijzen".to_owned())
    }

    /// Only the server of the sitemap, in the same way: TLS stays TLS.
    fn allowed(&self, url: &Url) -> Result<(), String> {
        let of = |url: &Url| {
            let host = url.host_str().map(str::to_owned);
            (url.scheme().to_owned(), host, url.port_or_known_default())
        };
        let named = !url.username().is_empty() || url.password().is_some();
        match of(url) == of(&self.start) && !named {
            true => Ok(()),
            false => {
                let host = url.host_str().unwrap_or_default();
                Err(format!(
                    "het ligt op een andere server dan de sitemap ({host})"
                ))
            }
        }
    }

    /// Not faster than somebody else's server can bear.
    async fn wait(&mut self) {
        let begun = self.last.map(|last| last + self.pause);
        if let Some(wait) = begun.and_then(|at| at.checked_duration_since(Instant::now())) {
            tokio::time::sleep(wait).await;
        }
        self.last = Some(Instant::now());
    }
}

fn said(error: std::io::Error) -> String {
    format!("het bestand is niet te bewaren: {error}")
}

/// Why there is no answer; without the address, which stands beside it.
fn unheard(error: reqwest::Error) -> String {
    match () {
        () if error.is_timeout() => "de server antwoordt niet op tijd".to_owned(),
        () if error.is_connect() => "de server is niet bereikbaar".to_owned(),
        () => "de server breekt het antwoord af".to_owned(),
    }
}

/// A moment as HTTP writes it.
fn moment(text: &str) -> Option<SystemTime> {
    let found = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(found.timestamp().into())
}
