//! A folder to index, its state, and what the tests ask of both. Holds no test.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use zv_indexer::account::{Account, Line, Runs};
use zv_indexer::read::LimitSet;
use zv_indexer::run::{ReadDocuments, RunError, RunRequest, run_with};
use zv_indexer::settings::Settings;
use zv_indexer::worker::{Reader, ReaderSettings, Reading, SpooledChild, WorkerError};
use zv_shared::index::{
    Blobs, EmbeddedReader, EmbeddedWriter, Search, Sort, Write as _, WriterSettings,
};
use zv_shared::{Document, Query};

/// What happens around each reading.
pub type Around = Arc<dyn Fn(usize) + Send + Sync>;

/// A source with its state.
pub struct Archive {
    pub _folder: tempfile::TempDir,
    pub root: PathBuf,
    pub state: PathBuf,
    pub settings: Settings,
    pub confirm: bool,
    pub stop: Arc<AtomicBool>,
    pub reads: Arc<AtomicUsize>,
    pub around: Around,
    /// Whether children are read many in one conversation.
    pub together: bool,
    /// Whether documents that ask for misbehaviour are obeyed.
    pub mock: bool,
}

/// Counts what the real reader reads.
pub struct Counting {
    pub reader: Reader,
    pub reads: Arc<AtomicUsize>,
    pub around: Around,
    pub together: bool,
}

impl ReadDocuments for Counting {
    fn read(&mut self, file: &File, name: &str, limits: &LimitSet) -> Result<Reading, WorkerError> {
        let reading = self.reader.read(file, name, limits);
        (self.around)(self.reads.fetch_add(1, Ordering::SeqCst) + 1);
        reading
    }
    fn read_list(
        &mut self,
        file: &File,
        asked: &str,
        limits: &LimitSet,
    ) -> Result<Reading, WorkerError> {
        self.reader.read_list(file, asked, limits)
    }
    fn warning(&self) -> Option<&'static str> {
        self.reader.warning()
    }
    fn read_ahead(
        &mut self,
        children: &[(&SpooledChild, &str)],
        limits: &LimitSet,
    ) -> Result<Vec<Option<Reading>>, WorkerError> {
        if !self.together {
            return Ok(Vec::new());
        }
        let readings = self.reader.read_ahead(children, limits)?;
        for _ in readings.iter().flatten() {
            (self.around)(self.reads.fetch_add(1, Ordering::SeqCst) + 1);
        }
        Ok(readings)
    }
}

impl Archive {
    pub fn new() -> Archive {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("archief");
        fs::create_dir(&root).unwrap();
        Archive {
            state: folder.path().join("staat"),
            root,
            _folder: folder,
            settings: Settings {
                readers: 1,
                parallel_directories: 3,
                ..Settings::default()
            },
            confirm: false,
            stop: Arc::default(),
            reads: Arc::default(),
            around: Arc::new(|_| {}),
            together: true,
            mock: false,
        }
    }

    /// With these files, each with its name as text.
    pub fn with(names: &[&str]) -> Archive {
        let archive = Archive::new();
        for name in names {
            archive.write(name, &format!("Dit is {name}."));
        }
        archive
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn rename(&self, from: &str, to: &str) {
        let to = self.path(to);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(self.path(from), to).unwrap();
    }

    pub fn zip(&self, name: &str, members: &[(&str, &[u8])]) {
        fs::write(self.path(name), zipped(members)).unwrap();
    }

    pub fn locked_zip(&self, name: &str, password: &str, members: &[(&str, &[u8])]) {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let options = zip::write::SimpleFileOptions::default()
                .with_aes_encryption(zip::AesMode::Aes256, password);
            zip.start_file(*name, options).unwrap();
            zip.write_all(bytes).unwrap();
        }
        let bytes = zip.finish().unwrap().into_inner();
        fs::write(self.path(name), bytes).unwrap();
    }

    pub fn prepare(&self) -> RunRequest {
        let mut request = RunRequest::prepare(&self.state, &self.root, None).unwrap();
        request.settings = self.settings.clone();
        request.confirm_deletions = self.confirm;
        request
    }

    pub fn run(&self) -> Account {
        self.run_as(&self.prepare())
    }

    /// The same of a run that may fail.
    pub fn try_run(&self) -> Result<Account, RunError> {
        self.try_run_as(&self.prepare())
    }

    pub fn run_as(&self, request: &RunRequest) -> Account {
        self.try_run_as(request).unwrap()
    }

    fn try_run_as(&self, request: &RunRequest) -> Result<Account, RunError> {
        let blobs = Blobs::open(&self.state.join("blobs")).unwrap();
        let settings = WriterSettings {
            threads: 1,
            memory_per_thread: 15 << 20,
            ..WriterSettings::default()
        };
        let writer = EmbeddedWriter::open(&self.state.join("index"), blobs, settings).unwrap();
        self.reads.store(0, Ordering::SeqCst);
        let readers = ReaderSettings {
            mock: self.mock,
            ..request.reader_settings()
        };
        let account = run_with(request, &writer, &self.stop, &|| {
            Ok(Box::new(Counting {
                reader: Reader::new(readers.clone())?,
                reads: self.reads.clone(),
                around: self.around.clone(),
                together: self.together,
            }))
        })?;
        assert_eq!(account.gezien, account.outcomes(), "{account:?}");
        assert_eq!(account.documenten, writer.documents("archief").unwrap());
        assert_eq!(Runs::new(&self.state).load(account.run).unwrap(), account);
        writer.finish().unwrap();
        Ok(account)
    }

    pub fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    pub fn snapshot(&self) -> Arc<dyn zv_shared::index::Snapshot> {
        let blobs = Blobs::open(&self.state.join("blobs")).unwrap();
        EmbeddedReader::new(&self.state.join("index"), blobs)
            .snapshot()
            .unwrap()
    }

    /// All documents by path, families in order.
    pub fn documents(&self) -> Vec<Document> {
        let search = Search::of(Query::All);
        let page = self
            .snapshot()
            .hits(&search, Sort::Pad, None, 10_000)
            .unwrap();
        page.hits.into_iter().map(|hit| hit.document).collect()
    }

    pub fn document(&self, place: &str) -> Document {
        let all = self.documents();
        let found = all
            .iter()
            .find(|document| document.place.to_string() == place);
        found
            .unwrap_or_else(|| panic!("{place} is not in {:?}", places(&all)))
            .clone()
    }

    pub fn places(&self) -> Vec<String> {
        places(&self.documents())
    }

    pub fn lines(&self, account: &Account) -> Vec<Line> {
        let lines = Runs::new(&self.state).lines(account.run).unwrap();
        let mut lines: Vec<Line> = lines.map(Result::unwrap).collect();
        lines.sort_by(|a, b| a.pad.cmp(&b.pad));
        lines
    }
}

pub fn places(documents: &[Document]) -> Vec<String> {
    documents
        .iter()
        .map(|document| document.place.to_string())
        .collect()
}

pub fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// nieuw, gewijzigd, verplaatst, ongewijzigd, onleesbaar, overgeslagen; and verwijderd.
pub fn counts(account: &Account) -> ([u64; 6], u64) {
    let a = account;
    let outcomes = [
        a.nieuw,
        a.gewijzigd,
        a.verplaatst,
        a.ongewijzigd,
        a.onleesbaar,
        a.overgeslagen,
    ];
    (outcomes, a.verwijderd)
}
