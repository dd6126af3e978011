//! The kinds of file that the receiver of a productierapport knows, and which of them a format here is. Never looks
//! into a file.

/// A kind of file. What the receiver does not know, it calls unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bestandssoort {
    /// PDF.
    Pdf,
    /// Text with layout.
    Doc,
    /// A picture.
    Image,
    /// Slides.
    Presentation,
    /// A sheet.
    Spreadsheet,
    /// A mail.
    Email,
    /// A web page.
    Html,
    /// A note: plain text.
    Note,
    /// A database.
    Database,
    /// XML.
    Xml,
    /// Moving pictures.
    Video,
    /// Sound.
    Audio,
    /// A visiting card.
    Vcard,
    /// A chat.
    Chat,
    /// Several files in one.
    Multiple,
}

impl Bestandssoort {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Bestandssoort; 15] = [
        Bestandssoort::Pdf,
        Bestandssoort::Doc,
        Bestandssoort::Image,
        Bestandssoort::Presentation,
        Bestandssoort::Spreadsheet,
        Bestandssoort::Email,
        Bestandssoort::Html,
        Bestandssoort::Note,
        Bestandssoort::Database,
        Bestandssoort::Xml,
        Bestandssoort::Video,
        Bestandssoort::Audio,
        Bestandssoort::Vcard,
        Bestandssoort::Chat,
        Bestandssoort::Multiple,
    ];

    /// The receiver's word.
    pub fn naam(self) -> &'static str {
        match self {
            Bestandssoort::Pdf => "pdf",
            Bestandssoort::Doc => "doc",
            Bestandssoort::Image => "image",
            Bestandssoort::Presentation => "presentation",
            Bestandssoort::Spreadsheet => "spreadsheet",
            Bestandssoort::Email => "email",
            Bestandssoort::Html => "html",
            Bestandssoort::Note => "note",
            Bestandssoort::Database => "database",
            Bestandssoort::Xml => "xml",
            Bestandssoort::Video => "video",
            Bestandssoort::Audio => "audio",
            Bestandssoort::Vcard => "vcard",
            Bestandssoort::Chat => "chat",
            Bestandssoort::Multiple => "multiple",
        }
    }

    /// Which kind a format is, by the short name that a document of the index has. `None` for what the receiver has
    /// no word for.
    pub fn van_formaat(formaat: &str) -> Option<Self> {
        Some(match formaat.to_lowercase().as_str() {
            "pdf" => Bestandssoort::Pdf,
            "doc" | "docx" | "odt" | "fodt" | "rtf" | "wpd" | "wps" | "hwp" | "iwork" | "pub"
            | "epub" | "mobi" => Bestandssoort::Doc,
            "avif" | "bmp" | "djvu" | "dwg" | "gif" | "heif" | "ico" | "jp2" | "jpeg" | "jpg"
            | "jxl" | "jxr" | "odg" | "png" | "psd" | "svg" | "tiff" | "vsd" | "vsdx" | "webp" => {
                Bestandssoort::Image
            }
            "ppt" | "pptx" | "odp" | "fodp" => Bestandssoort::Presentation,
            "xls" | "xlsb" | "xlsx" | "ods" | "fods" | "odc" | "csv" | "tsv" => {
                Bestandssoort::Spreadsheet
            }
            "eml" | "msg" | "mht" | "tnef" | "p7m" => Bestandssoort::Email,
            "html" => Bestandssoort::Html,
            "txt" | "md" | "one" => Bestandssoort::Note,
            "accdb" | "mdb" | "dbf" | "odb" | "sqlite" => Bestandssoort::Database,
            "xml" => Bestandssoort::Xml,
            "avi" | "flv" | "m4v" | "mkv" | "mov" | "mp4" | "mpg" | "webm" | "wmv" => {
                Bestandssoort::Video
            }
            "aac" | "aiff" | "amr" | "flac" | "m4a" | "mp3" | "ogg" | "opus" | "wav" | "wma" => {
                Bestandssoort::Audio
            }
            "vcf" => Bestandssoort::Vcard,
            "facebook" | "instagram" | "linkedin" | "signal" | "slack" | "sms" | "teams"
            | "telegram" | "whatsapp" | "x" => Bestandssoort::Chat,
            "7z" | "arj" | "bz2" | "cab" | "gz" | "iso" | "lha" | "lzma" | "mbox" | "pst"
            | "rar" | "tar" | "uue" | "xz" | "z" | "zip" | "zst" => Bestandssoort::Multiple,
            _ => return None,
        })
    }
}
