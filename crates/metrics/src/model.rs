//! Models of what customers will do, fitted to what they did. One file each in `model/`.
