import {
  card,
  contacts,
  creator,
  everybody,
  involved,
  library,
  nobody,
  owner,
  type Rule,
  sharee,
  template,
  templateInside,
} from './model.ts'

/** Whether the row is inserted, or the code of what else is wrong with it. */
type Insertion = (...question: Parameters<Rule>) => boolean | string

/** What the contract says of a table. Columns are named in one text, as in a grant. */
export interface TableModel {
  /** SQL: whose the row `t` is, null for the product's own. */
  readonly owner: string
  /** SQL: the other person that the row names. */
  readonly other?: string
  readonly select: Rule
  readonly update: Rule
  readonly delete: Rule
  /** Who may insert the row that the access matrix proposes, `own` when it becomes the row of whoever inserts it. */
  readonly insert: Insertion | 'own'
  /** Whether somebody without a token may ask at all. */
  readonly open?: true
  /** Columns that only those with a token read. */
  readonly forMembers?: string
  /** Columns that no client reads. */
  readonly secret?: string
  readonly insertable: string
  readonly updatable: string
  /** What is written to it instead of what the matrix writes. */
  readonly patch?: Readonly<Record<string, unknown>>
  /** Text columns that take no canary, and why. */
  readonly closed?: Readonly<Record<string, string>>
  /** The code with which a row that others refer to is not deleted. */
  readonly kept?: string
  /** What somebody might change in their row to make it, or make it about, the things of `owner`. */
  readonly gift?: Readonly<Record<string, string>>
  /** What is inserted instead of what the matrix proposes. */
  readonly proposal?: Readonly<Record<string, unknown>>
  /** SQL: whether only those who pay read the row `t` of the product's own. */
  readonly premium?: string
}

/** The words of a list in one text. */
export const words = (list: string | undefined): readonly string[] =>
  (list ?? '').split(' ').filter((word) => word !== '')

// The owner has it among the favourites already.
const liked: Insertion = (...question) => owner(...question) && '23505'

const ZONE = { timezone: 'a name of the zone database' }
const LANGUAGE = { language: 'a code' }
const CHOICE = 'one of a few words'
const PRODUCT = "the product's own words"

const READ_ONLY = { update: nobody, delete: nobody, insert: nobody, insertable: '', updatable: '' } as const
const DERIVED = { owner: 't.user_id', select: owner, ...READ_ONLY } as const
const OF_EXERCISE = {
  owner: '(select e.created_by from public.exercises as e where e.id = t.exercise_id)',
  select: library,
  update: creator,
  delete: creator,
  insert: creator,
  open: true,
} as const
const OF_TEMPLATE = '(select w.created_by from public.workout_templates as w where w.id = t.template_id)'
const IS_PREMIUM = '(select w.is_premium from public.workout_templates as w where w.id = t.template_id)'
/** The columns of an exercise that its creator writes again. */
export const EXERCISE =
  'name language aliases description instructions exercise_type primary_muscles secondary_muscles equipment difficulty ' +
  'mechanic movement_pattern direction force met met_code tags images videos gifs warnings common_mistakes tips'
/** The columns of a translation. */
export const TRANSLATION = 'exercise_id language name aliases description instructions warnings common_mistakes tips'
const SET =
  'parent_set_id set_index set_type side planned_weight_kg planned_reps_min planned_reps_max planned_duration_seconds ' +
  'planned_distance_m planned_rpe planned_rest_seconds planned_tempo weight_kg entered_unit reps duration_seconds ' +
  'distance_m energy_kcal average_heart_rate max_heart_rate incline_percent speed_mps level power_watts floors steps ' +
  'rpe rir rest_seconds tempo notes completed_at request_hash'

/** The model, table by table. A table of the Data API that is not in it fails the intruder's tests. */
export const TABLES: Readonly<Record<string, TableModel>> = {
  // Who somebody is -----------------------------------------------------------------------------------------------------
  profiles: {
    ...READ_ONLY,
    owner: 't.user_id',
    select: card,
    update: owner,
    open: true,
    forMembers: 'timezone updated_at',
    updatable: 'display_name avatar_path bio location fitness_level visibility timezone',
    closed: ZONE,
  },
  personal_details: {
    ...DERIVED,
    update: owner,
    updatable: 'first_name last_name date_of_birth gender height_cm target_weight_kg guardian_name',
  },
  preferences: {
    ...DERIVED,
    update: owner,
    updatable:
      'units language default_rest_seconds e1rm_formula workout_reminders progress_updates social_activity ' +
      'ai_recommendations workout_sharing progress_sharing photo_sharing weekly_goal rest_days_per_week week_starts_on',
    closed: LANGUAGE,
  },
  user_roles: DERIVED,
  friendships: { ...READ_ONLY, owner: 't.requester_id', other: 't.addressee_id', select: contacts },
  blocks: { ...READ_ONLY, owner: 't.blocker_id', select: owner, secret: 'was_known' },
  plans: {
    ...READ_ONLY,
    owner: 'null::uuid',
    select: everybody,
    open: true,
    closed: { id: PRODUCT },
  },
  subscriptions: {
    ...DERIVED,
    secret: 'stripe_customer_id stripe_subscription_id',
    closed: { plan_id: 'one of the plans' },
  },

  // Exercises -----------------------------------------------------------------------------------------------------------
  exercises: {
    owner: "case when t.review_status <> 'approved' then t.created_by end",
    select: library,
    update: creator,
    delete: creator,
    insert: 'own',
    open: true,
    insertable: `id ${EXERCISE} unilateral tracking_type weight_entry bodyweight_fraction`,
    updatable: `${EXERCISE} is_active`,
    kept: 'exercise_in_use',
    closed: { ...LANGUAGE, slug: "only the product's own have one" },
  },
  exercise_variations: {
    ...OF_EXERCISE,
    insertable: 'id exercise_id name description difficulty instructions',
    updatable: 'name description difficulty instructions',
  },
  exercise_translations: {
    ...OF_EXERCISE,
    insertable: TRANSLATION,
    updatable: TRANSLATION,
    gift: { exercise_id: '{own_exercise}', language: 'xx' },
    closed: LANGUAGE,
  },
  exercise_ratings: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: owner,
    // The exercise of the matrix is the owner's own, and nobody rates theirs.
    proposal: { exercise_id: '{house_exercise}', user_id: '{owner}', rating: 5 },
    gift: { user_id: '{owner}' },
    insertable: 'exercise_id user_id rating',
    updatable: 'exercise_id user_id rating',
  },
  equipment_pieces: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: 'own',
    insertable: 'id kind weight unit count',
    updatable: 'weight unit count',
  },

  // Plans of training ---------------------------------------------------------------------------------------------------
  workout_templates: {
    ...READ_ONLY,
    owner: 't.created_by',
    select: template,
    update: owner,
    delete: owner,
    open: true,
    updatable: 'visibility is_active',
    closed: LANGUAGE,
  },
  template_days: { ...READ_ONLY, owner: OF_TEMPLATE, premium: IS_PREMIUM, select: templateInside, open: true },
  template_exercises: {
    ...READ_ONLY,
    owner: OF_TEMPLATE,
    premium: IS_PREMIUM,
    select: templateInside,
    open: true,
    closed: { progression: 'a rule with its numbers' },
  },
  template_versions: {
    ...READ_ONLY,
    owner: 't.created_by',
    premium: 't.is_premium',
    select: templateInside,
    open: true,
    forMembers: 'is_premium',
    secret: 'request_hash created_by is_premium_copy',
  },
  template_runs: DERIVED,
  template_generations: DERIVED,
  // The template of the matrix is the owner's own: nobody else may say more of it than that they like it.
  template_favorites: { ...DERIVED, delete: owner, insert: liked, insertable: 'template_id user_id' },
  template_ratings: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: owner,
    proposal: { template_id: '{house_template}', user_id: '{owner}', rating: 5 },
    gift: { user_id: '{owner}' },
    insertable: 'template_id user_id rating',
    updatable: 'template_id user_id rating',
  },

  prescriptions: { ...DERIVED, secret: 'inputs_hash' },
  training_maxes: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: 'own',
    insertable: 'id exercise_id load_kg effective_on',
    updatable: 'load_kg effective_on',
  },

  // Training ------------------------------------------------------------------------------------------------------------
  workouts: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: 'own',
    insertable:
      'id template_id template_day_id name status planned_for timezone started_at location mood_before energy notes visibility bodyweight_kg request_hash',
    updatable:
      'name status planned_for timezone started_at ended_at paused_at location mood_before mood_after energy notes ' +
      'visibility bodyweight_kg current_exercise_index current_set_index rest_started_at rest_ends_at expected_version ' +
      'request_hash',
    closed: ZONE,
  },
  workout_exercises: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: owner,
    insertable: 'id workout_id exercise_id position section superset_group group_type notes request_hash',
    updatable: 'position section superset_group group_type notes expected_version',
    closed: { section: CHOICE, group_type: CHOICE },
  },
  workout_sets: {
    owner: 't.user_id',
    select: owner,
    update: owner,
    delete: owner,
    insert: owner,
    insertable: `id workout_exercise_id ${SET}`,
    updatable: `${SET} expected_version`,
    closed: { tempo: 'four counts', planned_tempo: 'four counts' },
  },
  workout_conflicts: {
    ...DERIVED,
    update: owner,
    delete: owner,
    updatable: 'resolution',
    patch: { resolution: null },
    closed: { table_name: CHOICE, reason: CHOICE },
  },
  workout_shares: {
    ...READ_ONLY,
    owner: 't.owner_id',
    other: 't.user_id',
    select: sharee,
    delete: involved,
  },
  imports: { ...DERIVED, closed: { ...ZONE, file_hash: 'a hash' } },
  import_rows: DERIVED,
  import_names: { ...DERIVED, delete: owner },

  // What is derived -----------------------------------------------------------------------------------------------------
  personal_records: DERIVED,
  exercise_stats: DERIVED,
  weekly_stats: DERIVED,
  user_stats: DERIVED,
  user_streaks: DERIVED,
}
