//! Program files: what compiles, what does not, and what people are told.

mod conditions;
mod difference;
mod differential;
mod examples;
mod faults;
mod generated;
mod languages;
mod shopping;
mod summary;
mod words;
