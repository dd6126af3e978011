//! Adapter: the terms of `zv-analyzers` as tokenizers of tantivy. Owns no rule of its own.
//! A word form that is the word as written is not stored a second time: half of all words are.

use tantivy::tokenizer::{TextAnalyzer, Token, TokenStream, Tokenizer, TokenizerManager};
use zv_analyzers::Tokens;

/// Name of the tokenizer for words as written.
pub const EXACT: &str = "zv_exact";
/// Name of the tokenizer for all streams together, told apart by their marks.
pub const ALL: &str = "zv_alles";

/// Registers both tokenizers.
pub fn register(tokenizers: &TokenizerManager) {
    tokenizers.register(EXACT, TextAnalyzer::from(Adapter { all: false }));
    tokenizers.register(ALL, TextAnalyzer::from(Adapter { all: true }));
}

#[derive(Clone)]
struct Adapter {
    all: bool,
}

impl Tokenizer for Adapter {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        Terms {
            tokens: match self.all {
                true => zv_analyzers::stored_tokens(text),
                false => zv_analyzers::exact_tokens(text),
            },
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
        self.token.text.extend(from.stream.mark());
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
