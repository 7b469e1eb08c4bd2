-- What is erased with a member, and what is over, is found without going through all of a merchant's rows.
CREATE INDEX nicknames_of_a_member ON nicknames (tenant, member);
CREATE INDEX member_sessions_by_end ON member_sessions (tenant, expires_at);
CREATE INDEX sign_in_codes_by_end ON sign_in_codes (tenant, expires_at);
