-- Who was merged into a member: their data go along with the member's, and are forgotten with them.
CREATE INDEX members_merged ON members (tenant, merged_into) WHERE merged_into IS NOT NULL;
