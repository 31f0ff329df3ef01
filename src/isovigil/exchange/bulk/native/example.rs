//! What is the path of an example: the texts between its values, and what the values are for?

use crate::roles::Role;
use crate::values::{plain_text, scalar};
use std::collections::HashMap;

const DEEPEST: usize = 40;

/// What follows a text of a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Hole {
    Text(Role),
    Scalar(Role),
    End,
}

impl Hole {
    pub fn role(self) -> Option<Role> {
        match self {
            Hole::Text(role) | Hole::Scalar(role) => Some(role),
            Hole::End => None,
        }
    }
}

/// The path of a line that was read with care; nothing where it cannot be an example.
pub fn pieces_of(line: &[u8], roles: &HashMap<Vec<u8>, Role>) -> Option<Vec<(Box<[u8]>, Hole)>> {
    let mut found = Pieces { line, at: 0, from: 0, path: Vec::new(), roles, pieces: Vec::new() };
    found.value(0)?;
    found.blanks();
    if found.at != line.len() {
        return None;
    }
    let end = found.from;
    let mut pieces = found.pieces;
    pieces.push((line[end..].into(), Hole::End));
    let mut columns: Vec<usize> = pieces.iter().filter_map(|(_, hole)| hole.role()?.column()).collect();
    columns.sort_unstable();
    let is_twice = columns.windows(2).any(|two| two[0] == two[1]);
    (!is_twice).then_some(pieces)
}

/// The texts and places of an example.
struct Pieces<'a> {
    line: &'a [u8],
    at: usize,
    /// Where the present text between places begins.
    from: usize,
    path: Vec<&'a [u8]>,
    roles: &'a HashMap<Vec<u8>, Role>,
    pieces: Vec<(Box<[u8]>, Hole)>,
}

impl<'a> Pieces<'a> {
    fn peek(&self) -> Option<u8> {
        self.line.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        self.blanks();
        if self.peek()? != byte {
            return None;
        }
        self.at += 1;
        Some(())
    }

    fn value(&mut self, depth: usize) -> Option<()> {
        if depth > DEEPEST {
            return None;
        }
        self.blanks();
        match self.peek()? {
            b'{' => self.members(depth),
            b'[' => self.items(depth),
            b'"' => {
                self.at += 1;
                let role = self.role();
                let length = role.text(&self.line[self.at..])?;
                if role == Role::Number {
                    return None;
                }
                self.hole(Hole::Text(role), length);
                self.at += length + 1;
                Some(())
            }
            b'n' => {
                if !self.line[self.at..].starts_with(b"null") {
                    return None;
                }
                self.at += 4;
                Some(())
            }
            _ => {
                let length = scalar(&self.line[self.at..])?;
                let role = self.role();
                if role != Role::Number && role.column().is_some() {
                    return None;
                }
                self.hole(Hole::Scalar(role), length);
                self.at += length;
                Some(())
            }
        }
    }

    fn hole(&mut self, hole: Hole, length: usize) {
        if hole.role() == Some(Role::Literal) {
            return;
        }
        self.pieces.push((self.line[self.from..self.at].into(), hole));
        self.from = self.at + length;
    }

    fn members(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.expect(b'"')?;
            let length = plain_text(&self.line[self.at..])?;
            let line = self.line;
            self.path.push(&line[self.at..self.at + length]);
            self.at += length + 1;
            self.expect(b':')?;
            self.value(depth + 1)?;
            self.path.pop();
            self.blanks();
            self.at += 1;
            match self.line.get(self.at - 1)? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn items(&mut self, depth: usize) -> Option<()> {
        self.at += 1;
        self.blanks();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            self.value(depth + 1)?;
            self.blanks();
            self.at += 1;
            match self.line.get(self.at - 1)? {
                b',' => {}
                b']' => return Some(()),
                _ => return None,
            }
        }
    }

    /// The role of the longest part of the path that has one.
    fn role(&self) -> Role {
        (1..=self.path.len())
            .rev()
            .find_map(|length| self.roles.get(&self.path[..length].join(&b'.')))
            .copied()
            .unwrap_or(Role::Ignored)
    }
}
