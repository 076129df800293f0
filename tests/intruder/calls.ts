import {
  curator,
  everybody,
  nobody,
  owner,
  type Rule,
  type Society,
  shownTo,
  template,
  templateInside,
} from './model.ts'
import { EXERCISE, TRANSLATION, words } from './tables.ts'

/** What the contract says of a function in `public`. */
export interface CallModel {
  /** SQL: the arguments, with the ids of somebody's rows in braces. */
  readonly args: string
  /** Whether a call about that person's things is answered, or the code of what else is wrong with it; what may not be is
   * refused as for an id that is nobody's. */
  readonly may: (...question: Parameters<Rule>) => boolean | string
  /** Only the backend has the right to call it. */
  readonly forServer?: true
  /** Whether somebody without a token may call it. */
  readonly open?: true
  /** Columns that it shows, to whom, beyond what the policies do. */
  readonly shows?: { readonly columns: string; readonly to: Rule; readonly progress?: string }
}

const signedIn: Rule = (viewer) => viewer !== null
const admin: Rule = (viewer, _, society) => society.isAdmin(viewer)

/** A call between two: with oneself it is a mistake. */
const withOther =
  (rule: (viewer: string, other: string, society: Society) => boolean | string): CallModel['may'] =>
  (viewer, { owner }, society) => {
    if (viewer === null || owner === null) return false
    return viewer === owner ? 'invalid_argument' : rule(viewer, owner, society)
  }
const withAnybody = withOther(() => true)

const ACCOUNTS = { columns: 'profiles.username profiles.display_name', to: admin }
const columns = (table: string, names: string): string =>
  words(names)
    .map((name) => `${table}.${name}`)
    .join(' ')
// What waits for a review, with what belongs to it: each reading is in its creator's access log.
const PROPOSED = {
  columns: [
    columns('exercises', `${EXERCISE} review_reason`),
    columns('exercise_translations', TRANSLATION),
    columns('exercise_variations', 'name description instructions'),
  ].join(' '),
  to: admin,
}
const WORKOUT = {
  columns: 'workouts.name workouts.template_name workout_exercises.exercise_name',
  progress: 'personal_records.exercise_name',
  to: shownTo,
}

/** Who sees a template; where it is premium, only who pays gets to the rest. */
const paid =
  (rest: string | true): CallModel['may'] =>
  (viewer, fact, society) =>
    viewer !== null &&
    template(viewer, fact, society) &&
    (templateInside(viewer, fact, society) ? rest : 'premium_template')

const mine = (args: string): CallModel => ({ args, may: owner })
const forAll = (args: string): CallModel => ({ args, may: signedIn })

/** The model of every function in `public`. One that is not in it fails the intruder's tests. */
export const CALLS: Readonly<Record<string, CallModel>> = {
  // Who somebody is -----------------------------------------------------------------------------------------------------
  my_account: forAll(''),
  my_entitlements: forAll(''),
  set_username: { args: `username => 'x'`, may: nobody },
  search_users: forAll(`query => 'zq'`),
  my_friends: forAll(''),
  my_blocks: {
    ...forAll(''),
    shows: {
      columns: 'profiles.username profiles.display_name profiles.avatar_path',
      to: (viewer, { owner }, society) =>
        viewer !== null &&
        owner !== null &&
        society.blocksAlone(viewer, owner) &&
        society.people.get(owner)?.visibility === 'public',
    },
  },
  my_access_log: forAll(''),
  send_friend_request: {
    args: `user_id => '{owner}'`,
    may: withOther(
      (viewer, other, society) =>
        society.existsFor(viewer, other) &&
        (society.people.get(viewer)?.visibility !== 'private' || 'profile_is_private'),
    ),
  },
  respond_friend_request: {
    args: `user_id => '{owner}', accept => true`,
    may: withOther((viewer, other, society) => society.hasHeardFrom(viewer, other)),
  },
  remove_friend: { args: `user_id => '{owner}'`, may: withAnybody },
  block_user: { args: `user_id => '{owner}'`, may: withAnybody },
  unblock_user: { args: `user_id => '{owner}'`, may: withAnybody },

  // Exercises -----------------------------------------------------------------------------------------------------------
  search_exercises: { args: `query => 'zq'`, may: everybody, open: true },
  get_exercise: {
    args: `exercise_id => '{own_exercise}'`,
    may: owner,
    open: true,
  },
  similar_exercises: {
    args: `exercise_id => '{own_exercise}'`,
    may: owner,
    open: true,
  },
  exercise_history: forAll(`exercise_id => '{own_exercise}'`),
  delete_exercise: {
    args: `exercise_id => '{own_exercise}'`,
    may: curator,
  },
  review_exercise: { args: `exercise_id => '{own_exercise}', approve => true`, may: admin, shows: PROPOSED },
  merge_exercises: { args: `from_id => '{own_exercise}', into_id => '{library_exercise}'`, may: curator },
  unmerge_exercise: { args: `exercise_id => '{own_exercise}'`, may: nobody },
  plate_plan: {
    args: `exercise_id => '{own_exercise}', weight_kg => 60`,
    may: owner,
  },

  // Plans of training ---------------------------------------------------------------------------------------------------
  get_template: {
    args: `template_id => '{template}'`,
    may: (...question) => template(...question) && (templateInside(...question) || 'premium_template'),
    open: true,
  },
  save_template: {
    args: `template => '{
      "id": "{template}", "name": "X", "difficulty": "beginner", "goal": "strength", "days": [
        {"name": "A", "exercises": [{"exercise_id": "{library_exercise}", "sets": 3, "reps_min": 5, "reps_max": 8}]}
      ]
    }'`,
    // The id of a template is a client's choice; that one is taken says neither whose it is nor what.
    may: (viewer, fact) => viewer !== null && (viewer === fact.owner || 'id_conflict'),
  },

  search_templates: { args: '', may: everybody, open: true },
  publish_template: {
    args: `template_id => '{template}', visibility => 'friends'`,
    may: (...question) => owner(...question) && 'template_not_shareable',
  },
  unpublish_template: mine(`template_id => '{template}'`),
  // The document of the matrix holds a canary, and no training.
  duplicate_template: { args: `template_id => '{template}'`, may: paid('invalid_template') },
  feature_template: {
    args: `template_id => '{template}', featured_order => 1`,
    may: (viewer, fact, society) =>
      society.isAdmin(viewer) && (template(null, fact, society) || 'template_not_published'),
  },
  template_changes: { args: `template_id => '{template}'`, may: paid(true) },
  begin_template_run: { args: `template_id => '{template}'`, may: paid('template_without_training') },
  move_template_run: mine(`run_id => '{template_run}'`),
  finish_template_run: mine(`run_id => '{template_run}'`),
  abandon_template_run: mine(`run_id => '{template_run}'`),
  next_workout: { args: `template_id => '{template}'`, may: paid(true) },

  // Training ------------------------------------------------------------------------------------------------------------
  start_workout: { args: `id => '{live_workout}', timezone => 'UTC'`, may: owner },
  active_workout: forAll(''),
  my_workouts: forAll(''),
  get_workout: { args: `workout_id => '{workout}'`, may: shownTo, shows: WORKOUT },
  shared_workouts: { ...forAll(''), shows: WORKOUT },
  share_workout: {
    args: `workout_id => '{workout}', visibility => 'friends'`,
    may: (viewer, fact, society) => {
      const person = society.people.get(viewer ?? '')
      return (
        owner(viewer, fact, society) &&
        ((person?.visibility !== 'private' && person?.sharesWorkouts) || 'sharing_is_off')
      )
    },
  },
  upload_workouts: forAll(`workouts => '[]'`),
  pause_workout: mine(`workout_id => '{live_workout}'`),
  resume_workout: mine(`workout_id => '{live_workout}'`),
  complete_workout: mine(`workout_id => '{live_workout}'`),
  cancel_workout: mine(`workout_id => '{live_workout}'`),
  add_workout_exercise: mine(`workout_id => '{live_workout}', exercise_id => '{library_exercise}'`),
  set_current_exercise: mine(`workout_id => '{live_workout}', exercise_index => 0`),
  start_rest: mine(`workout_id => '{live_workout}', seconds => 60`),
  extend_rest: {
    args: `workout_id => '{live_workout}', seconds => 30`,
    may: (...question) => owner(...question) && 'rest_not_running',
  },
  skip_rest: mine(`workout_id => '{live_workout}'`),
  complete_set: mine(`workout_exercise_id => '{live_exercise}', weight_kg => 50, reps => 5`),
  update_set: mine(`set_id => '{set}', version => 1, changes => '{"notes": "x"}'`),
  delete_set: mine(`set_id => '{set}', version => 1`),
  update_workout: mine(`workout_id => '{workout}', version => 1, changes => '{"notes": "x"}'`),
  update_workout_exercise: mine(
    `workout_exercise_id => '{workout_exercise}', version => 1, changes => '{"notes": "x"}'`,
  ),
  resolve_workout_conflict: mine(
    `conflict_id => (select id from public.workout_conflicts where row_id = '{set}'), restore => false`,
  ),
  recompute_my_stats: forAll(''),

  reorder_workout_exercises: mine(
    `workout_id => '{live_workout}', version => (select w.version from public.workouts as w where w.id = '{live_workout}'), workout_exercise_ids => array['{live_exercise}'::uuid]`,
  ),
  replace_workout_exercise: mine(
    `workout_exercise_id => '{live_exercise}', version => 1, exercise_id => '{library_exercise}'`,
  ),
  my_streaks: forAll(''),
  workout_calendar: forAll(''),
  strength_progress: { args: `exercise_id => '{own_exercise}'`, may: owner },

  // Imports -------------------------------------------------------------------------------------------------------------
  match_exercise_names: forAll(`names => '{}'`),
  preview_import: forAll(`source => 'strong', timezone => 'UTC', rows => '[]'`),
  begin_import: {
    args: `source => 'strong', file_hash => repeat('b', 64), timezone => 'UTC', line_count => 1`,
    may: (viewer) => viewer !== null && 'import_running',
  },
  import_sets: mine(`import_id => '{import}', rows => '[{"line": 3, "outcome": "skipped", "code": "note"}]'`),
  finish_import: mine(`import_id => '{import}'`),
  undo_import: mine(`import_id => '{import}'`),

  // An archive ----------------------------------------------------------------------------------------------------------
  begin_export: { args: `user_id => '{owner}'`, may: nobody, forServer: true },
  export_page: {
    args: `user_id => '{owner}', export_id => gen_random_uuid(), page => 0`,
    may: nobody,
    forServer: true,
  },
  end_export: { args: `user_id => '{owner}', export_id => gen_random_uuid()`, may: nobody, forServer: true },

  // Leaving -------------------------------------------------------------------------------------------------------------
  delete_my_account: { args: '', may: (viewer) => viewer !== null && 'fresh_sign_in_needed' },
  keep_my_account: forAll(''),
  files_to_erase: { args: '', may: nobody, forServer: true },
  avatars_to_check: { args: '', may: nobody, forServer: true },
  judge_avatar: { args: "object_id => '{owner}', version => '1', is_picture => true", may: nobody, forServer: true },
  discarded_avatars: { args: '', may: nobody, forServer: true },
  take_welcome_mail: { args: '', may: nobody, forServer: true },
  end_welcome_mail: { args: "user_id => '{owner}'", may: nobody, forServer: true },
  uploaded_avatar: { args: `user_id => '{owner}', path => '{owner}/avatar.png'`, may: nobody, forServer: true },
  show_avatar: {
    args: `user_id => '{owner}', path => '{owner}/avatar.png', object_id => gen_random_uuid(), version => null`,
    may: nobody,
    forServer: true,
  },
  count_request: forAll(''),
  count_address: { args: `address => '203.0.113.9'`, may: nobody, forServer: true },
  restore_account: {
    args: `user_id => '{owner}', restore_id => gen_random_uuid(), pages => 1, file_hash => repeat('b', 64)`,
    may: nobody,
    forServer: true,
  },
  discard_archive: { args: `user_id => '{owner}', restore_id => gen_random_uuid()`, may: nobody, forServer: true },
  send_archive_page: {
    args: `user_id => '{owner}', restore_id => gen_random_uuid(), page => 0, relation => 'none', "rows" => '[]'`,
    may: nobody,
    forServer: true,
  },

  // Admins --------------------------------------------------------------------------------------------------------------
  admin_list_users: { args: `query => 'zq'`, may: admin, shows: ACCOUNTS },
  admin_update_user: {
    args: `user_id => '{owner}', patch => '{"is_active": true, "reason": "test"}'`,
    may: (viewer, fact, society) => society.isAdmin(viewer) && (viewer !== fact.owner || 'own_account'),
    shows: ACCOUNTS,
  },
  admin_delete_user: {
    args: `user_id => '{owner}', reason => 'test'`,
    may: (viewer, fact, society) => society.isAdmin(viewer) && (viewer !== fact.owner || 'own_account'),
    shows: ACCOUNTS,
  },
  admin_keep_user: {
    args: `user_id => '{owner}', reason => 'test'`,
    // Nobody is about to leave.
    may: (viewer, _, society) => society.isAdmin(viewer) && 'user_not_found',
    shows: ACCOUNTS,
  },
  admin_review_queue: { args: `kind => 'exercises', "limit" => 100`, may: admin, shows: PROPOSED },
  platform_analytics: { args: `from_date => '2026-01-01', to_date => '2026-01-31'`, may: admin },
}
