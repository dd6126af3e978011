//! Adapter: the terms of `zv-analyzers` as tokenizers of tantivy. Owns no rule of its own.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use zv_analyzers::{Stream, Tokens};

/// Name of the tokenizer for terms as written.
pub const EXACT: &str = "zv_exact";
/// Name of the tokenizer for word forms.
pub const WORD_FORM: &str = "zv_woordvorm";

/// Registers both tokenizers.
pub fn register(tokenizers: &TokenizerManager) {
    for (name, stream) in [(EXACT, Stream::Exact), (WORD_FORM, Stream::Woordvorm)] {
        tokenizers.register(name, TextAnalyzer::from(Adapter(stream)));
    }
}

#[derive(Clone)]
struct Adapter(Stream);

impl Tokenizer for Adapter {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        Terms {
            tokens: zv_analyzers::tokens(text, self.0),
            token: Token::default(),
        }
    }
}

struct Terms<'a> {
    tokens: Tokens<'a>,
    token: Token,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        if !self.tokens.advance() {
            return false;
        }
        let from = self.tokens.token();
        self.token.text.clear();
        self.token.text.push_str(&from.term);
        self.token.position = from.position as usize;
        self.token.offset_from = from.from;
        self.token.offset_to = from.to;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
