//! What both databases must do, the same test on each; and proof that the tests would notice.

mod batch;
mod world;
