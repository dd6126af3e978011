//! Builds a new generation of the index from the documents and texts of the old one, beside it. Never reads a
//! source: what cannot be carried over is marked, so that the next run reads it again.

use std::collections::BTreeSet;
use std::path::Path;
use zv_shared::Document;
use zv_shared::index::{
    Blobs, EmbeddedWriter, Entry, IndexError, Write, WriterSettings, stored_documents,
};

/// What a rebuild did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Documents carried over.
    pub documents: u64,
    /// Of these, documents of which the text was lost: the next run reads their file again.
    pub without_text: u64,
    /// Documents that this program does not understand any more: found again by the next run.
    pub not_understood: u64,
}

/// Rebuilds the index in `folder` and switches to the new generation. The old one stays on disk until the next
/// rebuild. `progress` hears the number of documents done.
pub fn rebuild(
    folder: &Path,
    blobs: &Blobs,
    settings: WriterSettings,
    mut progress: impl FnMut(u64),
) -> Result<Rebuilt, IndexError> {
    let writer = EmbeddedWriter::new_generation(folder, blobs.clone(), settings)?;
    let mut done = Rebuilt::default();
    let mut damaged = BTreeSet::new();
    stored_documents(folder, |document| {
        let Some(document) = document else {
            done.not_understood += 1;
            return Ok(());
        };
        let family = document.family;
        let (entry, whole) = with_text(document, blobs);
        if !whole {
            done.without_text += 1;
            damaged.insert(family);
        }
        done.documents += 1;
        progress(done.documents);
        writer.add_to_family(vec![entry])
    })?;
    writer.commit("opnieuw")?;
    for family in damaged {
        let mut entries: Vec<Entry> = writer
            .family(family)?
            .into_iter()
            .map(|member| with_text(member, blobs).0)
            .collect();
        if let Some(file) = entries.first_mut() {
            file.document.complete = false;
        }
        writer.put_family(family, entries)?;
    }
    writer.commit("opnieuw")?;
    writer.finish()?;
    Ok(done)
}

/// The document with its text, and whether that text was still there.
fn with_text(mut document: Document, blobs: &Blobs) -> (Entry, bool) {
    let (text, whole) = match document.text.as_deref().map(|key| blobs.read(key)) {
        None => (String::new(), true),
        Some(Ok((_, text))) => (text, true),
        Some(Err(_)) => {
            document.text = None;
            (String::new(), false)
        }
    };
    (
        Entry {
            document,
            text: text.into(),
        },
        whole,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use zv_shared::index::{EmbeddedReader, Extract, Search, Sort};
    use zv_shared::{Dates, DocId, Fingerprint, Place, Query, Readability};

    fn document(name: &str) -> Document {
        let id = DocId::of_file("bron", name.as_bytes(), 0);
        Document {
            id,
            bron: "bron".into(),
            place: Place {
                path: name.into(),
                inner: Vec::new(),
            },
            title: name.into(),
            format: "txt".into(),
            kind: "document".into(),
            authors: Vec::new(),
            from: Vec::new(),
            to: Vec::new(),
            dates: Dates::default(),
            language: None,
            readability: Readability::Leesbaar,
            reason: None,
            metadata: Vec::new(),
            family: id,
            parent: None,
            ordinal: 0,
            complete: true,
            fingerprint: Fingerprint::default(),
            content: None,
            text: Some(format!("{id}-txt")),
            size: 1,
            pages: 1,
            people: Vec::new(),
            custodian: None,
            days: Vec::new(),
            relations: Default::default(),
            access: Default::default(),
        }
    }

    #[test]
    fn an_index_of_another_generation_lives_on_without_its_source() {
        let state = tempfile::tempdir().expect("state");
        let index = state.path().join("index");
        let blobs = Blobs::open(&state.path().join("blobs")).expect("blobs");
        let settings = WriterSettings::default();
        let writer = EmbeddedWriter::open(&index, blobs.clone(), settings).expect("writer");
        for name in ["a.txt", "kwijt.txt"] {
            let document = document(name);
            let key = document.text.clone().expect("key");
            let extract = Extract {
                format: "txt".into(),
                properties: Vec::new(),
                readability: Readability::Leesbaar,
                reason: None,
                pages: 1,
                has_children: false,
            };
            if name == "a.txt" {
                blobs.write(&key, &extract, "vergunning").expect("blob");
            }
            let text = "vergunning".into();
            writer
                .put_family(document.id, vec![Entry { document, text }])
                .expect("put");
        }
        writer.commit("1").expect("commit");
        drop(writer);
        let meta = index.join("generatie-1/meta.json");
        let text = std::fs::read_to_string(&meta).expect("meta");
        std::fs::write(&meta, text.replace("tantivy-7", "tantivy-6")).expect("meta");
        let reader = EmbeddedReader::new(&index, blobs.clone());
        assert!(matches!(
            reader.snapshot(),
            Err(IndexError::OtherGeneration)
        ));

        let done = rebuild(&index, &blobs, settings, |_| {}).expect("rebuild");
        assert_eq!(
            done,
            Rebuilt {
                documents: 2,
                without_text: 1,
                not_understood: 0
            }
        );
        let snapshot = reader.snapshot().expect("snapshot");
        let word = Query::Word("vergunning".into());
        assert_eq!(snapshot.count(&Search::of(word)).expect("count").total, 1);
        let all = snapshot
            .hits(&Search::of(Query::All), Sort::Pad, None, 9)
            .expect("hits")
            .hits;
        assert_eq!(
            all.iter()
                .map(|hit| hit.document.complete)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }
}
