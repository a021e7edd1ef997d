/** What a user has open is counted at each authorization, so it is found without its history. */
export const userQuotas = `
create index session_live_by_user on session (user_ref) where status in ('pending', 'active');
`;
