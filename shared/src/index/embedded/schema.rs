//! The fields of the embedded index. Changing anything here means raising [`SCHEMA_VERSION`].

use super::terms;
use crate::TextField;
use crate::index::{DateField, FacetField};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, NumericOptions, STORED, STRING, Schema, SchemaBuilder,
    TextFieldIndexing, TextOptions,
};

/// Raised whenever the fields, or what is written into them, change.
pub const SCHEMA_VERSION: u32 = 5;

/// Name of the field with the stored document; the same in every generation, so that a new one can be built
/// from an old one.
pub const DOCUMENT: &str = "document";
/// Name of the field with the key of the text, which every version of the index has.
pub const BLOB: &str = "blob";

/// First and last day of a date.
#[derive(Clone, Debug)]
pub struct DayFields {
    /// Name and field of the first day.
    pub first: (String, Field),
    /// Name and field of the last day.
    pub last: (String, Field),
}

/// What ties documents together; see [`crate::Relations`].
#[derive(Clone, Copy, Debug)]
pub struct RelationFields {
    /// Same content.
    pub same: Field,
    /// Nearly the same text.
    pub near: Field,
    /// Conversation.
    pub thread: Field,
    /// Rows of the signature.
    pub signature: Field,
    /// Own Message-ID (0 when there is none), subject, and what the mail refers to.
    pub links: Field,
    /// Hashes of attachments.
    pub attachments: Field,
    /// When a mail was sent, in seconds since 1970.
    pub sent: Field,
    /// Flags: see `relations.rs`.
    pub flags: Field,
}

/// Handles of all fields.
#[derive(Clone, Debug)]
pub struct Fields {
    /// All text in all streams: pages, then name and properties behind a position gap.
    pub text: Field,
    /// Title, in all streams.
    pub title: Field,
    /// Senders, as written.
    pub from: Field,
    /// Receivers, as written.
    pub to: Field,
    /// Words of the path, as written.
    pub path: Field,
    /// Identity, 16 bytes.
    pub id: Field,
    /// Place of a top-level file: `bron 0 folder 0 name`.
    pub place: Field,
    /// `bron 0 size mtime` of a top-level file.
    pub size_and_time: Field,
    /// `bron 0 hash` of each name that an export gives it.
    pub identity: Field,
    /// The source of a document that is gone from it.
    pub gone: Field,
    /// Identity of the family.
    pub family: Field,
    /// The first half of that identity.
    pub family_number: Field,
    /// Size in bytes.
    pub size: Field,
    /// Number of pages.
    pub pages: Field,
    /// Content hash.
    pub content: Field,
    /// Key of the text in the blob store.
    pub blob: Field,
    /// Names of the date fields that a document lacks.
    pub undated: Field,
    /// The whole document as JSON, stored only.
    pub document: Field,
    /// The string facets.
    facets: Vec<(FacetField, Field)>,
    /// Days per date field, in the order of [`DateField::ALL`].
    days: Vec<DayFields>,
    /// Sort key by path.
    pub path_order: Field,
    /// Halves of the identity, for a stable order.
    pub id_halves: [Field; 2],
    /// Size, mtime, ctime, reader and state of the file, and what lies around it.
    pub fingerprint: [Field; 6],
    /// Who may see the document: see `rights.rs`.
    pub access: Field,
    /// Days with messages of a chat.
    pub message_days: Field,
    /// What ties documents together.
    pub relations: RelationFields,
}

/// Column names that are read by name.
pub mod column {
    /// Sort key by path.
    pub const PATH_ORDER: &str = "padvolgorde";
    /// Halves of the identity.
    pub const ID: [&str; 2] = ["id_hoog", "id_laag"];
    /// Size, mtime, ctime, reader, state and what lies around.
    pub const FINGERPRINT: [&str; 6] = ["grootte", "mtime", "ctime", "lezer", "staat", "omgeving"];
    /// First half of the identity of the family.
    pub const FAMILY: &str = "familie_hoog";
    /// Days with messages of a chat.
    pub const MESSAGE_DAYS: &str = "berichtdag";
    /// Same content.
    pub const SAME: &str = "zelfde";
    /// Nearly the same text.
    pub const NEAR: &str = "bijna";
    /// The last day of the effective date: of two copies the newest is shown.
    pub const NEWNESS: &str = "datum_laatste";
    /// Size in bytes.
    pub const SIZE: &str = "omvang";
    /// Conversation.
    pub const THREAD: &str = "draad";
    /// Rows of the signature.
    pub const SIGNATURE: &str = "handtekening";
    /// Own Message-ID, subject and references.
    pub const LINKS: &str = "verwijzingen";
    /// Hashes of attachments.
    pub const ATTACHMENTS: &str = "bijlagen";
    /// When a mail was sent.
    pub const SENT: &str = "verzendmoment";
    /// Flags.
    pub const FLAGS: &str = "verband";
}

impl Fields {
    /// The field of a string facet; years and months are read from the days instead.
    pub fn facet(&self, facet: FacetField) -> Option<Field> {
        self.facets
            .iter()
            .find(|(f, _)| *f == facet)
            .map(|(_, field)| *field)
    }

    /// The field that words of a question stand in.
    pub fn of(&self, field: Option<TextField>) -> Field {
        match field {
            None => self.text,
            Some(TextField::Titel) => self.title,
            Some(TextField::Van) => self.from,
            Some(TextField::Aan) => self.to,
            Some(TextField::Pad) => self.path,
        }
    }

    /// The day fields of a date field.
    pub fn days(&self, date: DateField) -> &DayFields {
        let at = DateField::ALL.iter().position(|d| *d == date).unwrap_or(0);
        &self.days[at]
    }

    /// All day fields with their date field.
    pub fn all_days(&self) -> impl Iterator<Item = (DateField, &DayFields)> {
        DateField::ALL.into_iter().zip(&self.days)
    }

    /// All string facets with their field.
    pub fn all_facets(&self) -> impl Iterator<Item = (FacetField, Field)> + '_ {
        self.facets.iter().copied()
    }
}

/// Builds the schema and its handles; always the same for one [`SCHEMA_VERSION`].
pub fn build() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let text = schema.add_text_field("tekst", analysed(terms::ALL));
    let title = schema.add_text_field("titel", analysed(terms::ALL));
    let from = schema.add_text_field("van_x", analysed(terms::EXACT));
    let to = schema.add_text_field("aan_x", analysed(terms::EXACT));
    let path = schema.add_text_field("pad_x", analysed(terms::EXACT));
    let bytes = |schema: &mut SchemaBuilder, name: &str| schema.add_bytes_field(name, INDEXED);
    let id = bytes(&mut schema, "id");
    let place = bytes(&mut schema, "plaats");
    let size_and_time = bytes(&mut schema, "omvang_tijd");
    let identity = bytes(&mut schema, "kenmerk");
    let family = bytes(&mut schema, "familie");
    let gone = schema.add_text_field("verdwenen", STRING);
    let content = bytes(&mut schema, "inhoud");
    let blob = schema.add_text_field(BLOB, STRING);
    let undated = schema.add_text_field("ongedateerd", STRING);
    let document = schema.add_bytes_field(DOCUMENT, STORED);
    let facets = FacetField::ALL
        .into_iter()
        .filter(|f| !matches!(f, FacetField::Jaar | FacetField::Maand))
        .map(|f| (f, schema.add_text_field(f.name(), STRING | FAST)))
        .collect();
    let days = DateField::ALL
        .into_iter()
        .map(|d| DayFields {
            first: day(&mut schema, format!("{}_eerste", d.name())),
            last: day(&mut schema, format!("{}_laatste", d.name())),
        })
        .collect();
    let path_order = schema.add_text_field(column::PATH_ORDER, STRING | FAST);
    let id_halves = column::ID.map(|name| schema.add_u64_field(name, FAST));
    let [size, mtime, ctime, reader, state, around] = column::FINGERPRINT;
    let fingerprint = [
        schema.add_u64_field(size, FAST),
        schema.add_i64_field(mtime, FAST),
        schema.add_i64_field(ctime, FAST),
        schema.add_u64_field(reader, FAST),
        schema.add_u64_field(state, FAST),
        schema.add_u64_field(around, FAST),
    ];
    let access = schema.add_text_field("toegang", STRING);
    let number = |schema: &mut SchemaBuilder, name: &str| schema.add_u64_field(name, FAST);
    let group = |schema: &mut SchemaBuilder, name: &str| schema.add_u64_field(name, FAST | INDEXED);
    let relations = RelationFields {
        same: group(&mut schema, column::SAME),
        near: group(&mut schema, column::NEAR),
        thread: group(&mut schema, column::THREAD),
        signature: number(&mut schema, column::SIGNATURE),
        links: number(&mut schema, column::LINKS),
        attachments: number(&mut schema, column::ATTACHMENTS),
        sent: schema.add_i64_field(column::SENT, FAST),
        flags: number(&mut schema, column::FLAGS),
    };
    let message_days = schema.add_i64_field(column::MESSAGE_DAYS, FAST);
    let family_number = number(&mut schema, column::FAMILY);
    let size = schema.add_u64_field(column::SIZE, FAST);
    let pages = schema.add_u64_field("paginas", FAST);
    let fields = Fields {
        text,
        title,
        from,
        to,
        path,
        id,
        place,
        size_and_time,
        identity,
        gone,
        family,
        family_number,
        size,
        pages,
        content,
        blob,
        undated,
        document,
        facets,
        days,
        path_order,
        id_halves,
        fingerprint,
        access,
        message_days,
        relations,
    };
    (schema.build(), fields)
}

fn analysed(tokenizer: &str) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(IndexRecordOption::WithFreqsAndPositions);
    TextOptions::default().set_indexing_options(indexing)
}

fn day(schema: &mut SchemaBuilder, name: String) -> (String, Field) {
    let field = schema.add_i64_field(&name, NumericOptions::default().set_fast());
    (name, field)
}
