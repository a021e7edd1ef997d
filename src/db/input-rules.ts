/**
 * The constraints that a value from outside can break, through the API or a configuration: breaking one is
 * the client's mistake, told in the rule's own words. Whatever else the schema refuses is a fault of ours.
 */
export const inputRules: ReadonlySet<string> = new Set([
  'public_id_must_have_its_shape',
  'name_must_have_1_to_128_printable_characters',
  'description_must_have_1_to_1024_characters',
  'address_must_be_a_host_name_or_ip_without_a_port',

  'scope_parent_type_must_follow_from_its_type',
  'scope_project_has_no_auth_method',
  'scope_global_cannot_be_deleted',
  'scope_address_policy_is_no_business_of_projects',
  'scope_type_is_immutable',
  'scope_parent_id_is_immutable',

  'auth_method_must_not_live_in_a_project',
  'auth_method_min_login_name_length_must_be_1_to_128',
  'auth_method_min_password_length_must_be_1_to_1024',
  'auth_method_scope_id_is_immutable',
  'account_login_name_may_hold_a_to_z_digits_dot_and_dash',
  'account_auth_method_id_is_immutable',
  'account_user_must_be_a_person',

  'user_must_not_live_in_a_project',
  'user_built_in_cannot_be_deleted',
  'user_built_in_cannot_be_disabled',
  'iam_user_scope_id_is_immutable',

  'group_member_must_not_be_recovery',
  'role_principal_must_not_be_recovery',
  'role_principal_must_be_a_user_or_a_group',
  'role_grant_must_have_at_most_2048_bytes',
  'role_grant_scope_must_be_known',
  'role_scope_id_is_immutable',

  'host_catalog_must_live_in_a_project',
  'host_catalog_scope_id_is_immutable',
  'host_host_catalog_id_is_immutable',
  'host_set_host_catalog_id_is_immutable',

  'target_must_live_in_a_project',
  'target_default_port_must_be_1_to_65535',
  'target_default_client_port_must_be_1_to_65535',
  'target_session_max_seconds_must_be_positive',
  'target_session_connection_limit_must_be_positive_or_minus_1',
  'target_must_have_an_address_or_host_sources_not_both',
  'target_egress_worker_filter_must_have_1_to_2048_characters',
  'target_scope_id_is_immutable',

  'alias_must_live_in_global',
  'alias_value_must_be_a_dns_name',
  'alias_host_needs_a_destination',

  'credential_store_must_live_in_a_project',
  'credential_store_scope_id_is_immutable',
  'credential_credential_store_id_is_immutable',
  'credential_username_must_go_with_its_type',
  'credential_username_must_have_1_to_256_printable_characters',
  'credential_domain_must_go_with_its_type',
  'credential_domain_must_have_1_to_256_printable_characters',

  'tag_key_must_have_1_to_512_printable_characters',
  'tag_value_must_have_1_to_512_printable_characters',
]);
