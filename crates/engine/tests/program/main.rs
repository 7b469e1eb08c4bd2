//! Program files: what compiles, what does not, and what people are told.

mod examples;
mod faults;
mod generated;
