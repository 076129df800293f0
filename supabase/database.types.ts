export type Json =
  | string
  | number
  | boolean
  | null
  | { [key: string]: Json | undefined }
  | Json[]

export type Database = {
  public: {
    Tables: {
      blocks: {
        Row: {
          blocked_id: string
          blocker_id: string
          created_at: string
          was_known: boolean
        }
        Insert: {
          blocked_id: string
          blocker_id: string
          created_at?: string
          was_known: boolean
        }
        Update: {
          blocked_id?: string
          blocker_id?: string
          created_at?: string
          was_known?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "blocks_blocker_id_fkey"
            columns: ["blocker_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      equipment_pieces: {
        Row: {
          count: number
          created_at: string
          id: string
          kind: Database["public"]["Enums"]["piece_kind"]
          unit: Database["public"]["Enums"]["weight_unit"]
          updated_at: string
          user_id: string
          weight: number
        }
        Insert: {
          count?: number
          created_at?: string
          id?: string
          kind: Database["public"]["Enums"]["piece_kind"]
          unit?: Database["public"]["Enums"]["weight_unit"]
          updated_at?: string
          user_id?: string
          weight: number
        }
        Update: {
          count?: number
          created_at?: string
          id?: string
          kind?: Database["public"]["Enums"]["piece_kind"]
          unit?: Database["public"]["Enums"]["weight_unit"]
          updated_at?: string
          user_id?: string
          weight?: number
        }
        Relationships: [
          {
            foreignKeyName: "equipment_pieces_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      exercise_ratings: {
        Row: {
          created_at: string
          exercise_id: string
          rating: number
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          exercise_id: string
          rating: number
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          exercise_id?: string
          rating?: number
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "exercise_ratings_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "exercise_ratings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      exercise_stats: {
        Row: {
          best_added_e1rm_kg: number | null
          best_e1rm_kg: number | null
          day: string
          distance_m: number
          duration_seconds: number
          effective_volume_kg: number
          exercise_id: string
          least_assist_kg: number | null
          max_reps: number | null
          max_weight_kg: number | null
          rep_count: number
          set_count: number
          user_id: string
          volume_kg: number
        }
        Insert: {
          best_added_e1rm_kg?: number | null
          best_e1rm_kg?: number | null
          day: string
          distance_m: number
          duration_seconds: number
          effective_volume_kg: number
          exercise_id: string
          least_assist_kg?: number | null
          max_reps?: number | null
          max_weight_kg?: number | null
          rep_count: number
          set_count: number
          user_id: string
          volume_kg: number
        }
        Update: {
          best_added_e1rm_kg?: number | null
          best_e1rm_kg?: number | null
          day?: string
          distance_m?: number
          duration_seconds?: number
          effective_volume_kg?: number
          exercise_id?: string
          least_assist_kg?: number | null
          max_reps?: number | null
          max_weight_kg?: number | null
          rep_count?: number
          set_count?: number
          user_id?: string
          volume_kg?: number
        }
        Relationships: [
          {
            foreignKeyName: "exercise_stats_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "exercise_stats_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      exercise_translations: {
        Row: {
          aliases: string[]
          common_mistakes: string[]
          created_at: string
          description: string
          exercise_id: string
          instructions: string[]
          language: string
          name: string
          tips: string[]
          updated_at: string
          warnings: string[]
        }
        Insert: {
          aliases?: string[]
          common_mistakes?: string[]
          created_at?: string
          description?: string
          exercise_id: string
          instructions?: string[]
          language: string
          name: string
          tips?: string[]
          updated_at?: string
          warnings?: string[]
        }
        Update: {
          aliases?: string[]
          common_mistakes?: string[]
          created_at?: string
          description?: string
          exercise_id?: string
          instructions?: string[]
          language?: string
          name?: string
          tips?: string[]
          updated_at?: string
          warnings?: string[]
        }
        Relationships: [
          {
            foreignKeyName: "exercise_translations_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
        ]
      }
      exercise_variations: {
        Row: {
          created_at: string
          description: string
          difficulty: Database["public"]["Enums"]["training_level"]
          exercise_id: string
          id: string
          instructions: string[]
          name: string
          updated_at: string
        }
        Insert: {
          created_at?: string
          description?: string
          difficulty: Database["public"]["Enums"]["training_level"]
          exercise_id: string
          id?: string
          instructions?: string[]
          name: string
          updated_at?: string
        }
        Update: {
          created_at?: string
          description?: string
          difficulty?: Database["public"]["Enums"]["training_level"]
          exercise_id?: string
          id?: string
          instructions?: string[]
          name?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "exercise_variations_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
        ]
      }
      exercises: {
        Row: {
          aliases: string[]
          bodyweight_fraction: number | null
          common_mistakes: string[]
          created_at: string
          created_by: string | null
          description: string
          difficulty: Database["public"]["Enums"]["training_level"]
          direction: Database["public"]["Enums"]["movement_direction"]
          equipment: Database["public"]["Enums"]["equipment"][]
          exercise_type: Database["public"]["Enums"]["exercise_type"]
          force: Database["public"]["Enums"]["force_type"]
          gifs: string[]
          id: string
          images: string[]
          instructions: string[]
          is_active: boolean
          language: string
          mechanic: Database["public"]["Enums"]["mechanic"]
          merged_into: string | null
          met: number | null
          met_code: string | null
          movement_pattern: Database["public"]["Enums"]["movement_pattern"]
          name: string
          popularity: number
          primary_muscles: Database["public"]["Enums"]["muscle"][]
          rating_average: number | null
          rating_count: number
          rating_sum: number
          review_reason: string | null
          review_status: Database["public"]["Enums"]["review_status"]
          reviewed_at: string | null
          secondary_muscles: Database["public"]["Enums"]["muscle"][]
          slug: string | null
          tags: string[]
          tips: string[]
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral: boolean
          updated_at: string
          usage_count: number
          videos: string[]
          warnings: string[]
          weight_entry: Database["public"]["Enums"]["weight_entry"]
        }
        Insert: {
          aliases?: string[]
          bodyweight_fraction?: number | null
          common_mistakes?: string[]
          created_at?: string
          created_by?: string | null
          description?: string
          difficulty: Database["public"]["Enums"]["training_level"]
          direction?: Database["public"]["Enums"]["movement_direction"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          exercise_type: Database["public"]["Enums"]["exercise_type"]
          force?: Database["public"]["Enums"]["force_type"]
          gifs?: string[]
          id?: string
          images?: string[]
          instructions?: string[]
          is_active?: boolean
          language?: string
          mechanic?: Database["public"]["Enums"]["mechanic"]
          merged_into?: string | null
          met?: number | null
          met_code?: string | null
          movement_pattern: Database["public"]["Enums"]["movement_pattern"]
          name: string
          popularity?: never
          primary_muscles: Database["public"]["Enums"]["muscle"][]
          rating_average?: never
          rating_count?: number
          rating_sum?: number
          review_reason?: string | null
          review_status?: Database["public"]["Enums"]["review_status"]
          reviewed_at?: string | null
          secondary_muscles?: Database["public"]["Enums"]["muscle"][]
          slug?: string | null
          tags?: string[]
          tips?: string[]
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral?: boolean
          updated_at?: string
          usage_count?: number
          videos?: string[]
          warnings?: string[]
          weight_entry: Database["public"]["Enums"]["weight_entry"]
        }
        Update: {
          aliases?: string[]
          bodyweight_fraction?: number | null
          common_mistakes?: string[]
          created_at?: string
          created_by?: string | null
          description?: string
          difficulty?: Database["public"]["Enums"]["training_level"]
          direction?: Database["public"]["Enums"]["movement_direction"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          exercise_type?: Database["public"]["Enums"]["exercise_type"]
          force?: Database["public"]["Enums"]["force_type"]
          gifs?: string[]
          id?: string
          images?: string[]
          instructions?: string[]
          is_active?: boolean
          language?: string
          mechanic?: Database["public"]["Enums"]["mechanic"]
          merged_into?: string | null
          met?: number | null
          met_code?: string | null
          movement_pattern?: Database["public"]["Enums"]["movement_pattern"]
          name?: string
          popularity?: never
          primary_muscles?: Database["public"]["Enums"]["muscle"][]
          rating_average?: never
          rating_count?: number
          rating_sum?: number
          review_reason?: string | null
          review_status?: Database["public"]["Enums"]["review_status"]
          reviewed_at?: string | null
          secondary_muscles?: Database["public"]["Enums"]["muscle"][]
          slug?: string | null
          tags?: string[]
          tips?: string[]
          tracking_type?: Database["public"]["Enums"]["tracking_type"]
          unilateral?: boolean
          updated_at?: string
          usage_count?: number
          videos?: string[]
          warnings?: string[]
          weight_entry?: Database["public"]["Enums"]["weight_entry"]
        }
        Relationships: [
          {
            foreignKeyName: "exercises_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "exercises_merged_into_fkey"
            columns: ["merged_into"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
        ]
      }
      friendships: {
        Row: {
          accepted_at: string | null
          addressee_id: string
          created_at: string
          id: string
          requester_id: string
          updated_at: string
        }
        Insert: {
          accepted_at?: string | null
          addressee_id: string
          created_at?: string
          id?: string
          requester_id: string
          updated_at?: string
        }
        Update: {
          accepted_at?: string | null
          addressee_id?: string
          created_at?: string
          id?: string
          requester_id?: string
          updated_at?: string
        }
        Relationships: [
          {
            foreignKeyName: "friendships_addressee_id_fkey"
            columns: ["addressee_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "friendships_requester_id_fkey"
            columns: ["requester_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      import_names: {
        Row: {
          created_at: string
          exercise_id: string | null
          import_id: string | null
          name: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          exercise_id?: string | null
          import_id?: string | null
          name: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          exercise_id?: string | null
          import_id?: string | null
          name?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "import_names_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "import_names_import_id_fkey"
            columns: ["import_id"]
            isOneToOne: false
            referencedRelation: "imports"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "import_names_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      import_rows: {
        Row: {
          code: string | null
          fingerprint: string | null
          import_id: string
          line: number
          line_text: string | null
          outcome: Database["public"]["Enums"]["import_outcome"]
          set_id: string | null
          user_id: string
          workout_id: string | null
        }
        Insert: {
          code?: string | null
          fingerprint?: string | null
          import_id: string
          line: number
          line_text?: string | null
          outcome: Database["public"]["Enums"]["import_outcome"]
          set_id?: string | null
          user_id: string
          workout_id?: string | null
        }
        Update: {
          code?: string | null
          fingerprint?: string | null
          import_id?: string
          line?: number
          line_text?: string | null
          outcome?: Database["public"]["Enums"]["import_outcome"]
          set_id?: string | null
          user_id?: string
          workout_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "import_rows_import_id_fkey"
            columns: ["import_id", "user_id"]
            isOneToOne: false
            referencedRelation: "imports"
            referencedColumns: ["id", "user_id"]
          },
        ]
      }
      imports: {
        Row: {
          created_at: string
          duplicate_count: number
          failed_count: number
          file_hash: string
          finished_at: string | null
          id: string
          imported_count: number
          kept_count: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count: number
          source: Database["public"]["Enums"]["import_source"]
          status: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at: string | null
          updated_at: string
          user_id: string
          workout_count: number
        }
        Insert: {
          created_at?: string
          duplicate_count?: number
          failed_count?: number
          file_hash: string
          finished_at?: string | null
          id?: string
          imported_count?: number
          kept_count?: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count?: number
          source: Database["public"]["Enums"]["import_source"]
          status?: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at?: string | null
          updated_at?: string
          user_id: string
          workout_count?: number
        }
        Update: {
          created_at?: string
          duplicate_count?: number
          failed_count?: number
          file_hash?: string
          finished_at?: string | null
          id?: string
          imported_count?: number
          kept_count?: number
          line_count?: number
          names?: NonNullable<Json>
          request_hash?: string
          settings_hash?: string
          skipped_count?: number
          source?: Database["public"]["Enums"]["import_source"]
          status?: Database["public"]["Enums"]["import_status"]
          timezone?: string
          undone_at?: string | null
          updated_at?: string
          user_id?: string
          workout_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "imports_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      personal_details: {
        Row: {
          created_at: string
          date_of_birth: string | null
          first_name: string | null
          gender: Database["public"]["Enums"]["gender"] | null
          guardian_name: string | null
          guardian_since: string | null
          height_cm: number | null
          last_name: string | null
          target_weight_kg: number | null
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          date_of_birth?: string | null
          first_name?: string | null
          gender?: Database["public"]["Enums"]["gender"] | null
          guardian_name?: string | null
          guardian_since?: string | null
          height_cm?: number | null
          last_name?: string | null
          target_weight_kg?: number | null
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          date_of_birth?: string | null
          first_name?: string | null
          gender?: Database["public"]["Enums"]["gender"] | null
          guardian_name?: string | null
          guardian_since?: string | null
          height_cm?: number | null
          last_name?: string | null
          target_weight_kg?: number | null
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "personal_details_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      personal_records: {
        Row: {
          achieved_at: string
          at_reps: number | null
          at_weight_kg: number | null
          created_at: string
          exercise_id: string
          exercise_name: string
          id: string
          improvement: number | null
          improvement_percent: number | null
          is_baseline: boolean | null
          kind: Database["public"]["Enums"]["record_kind"]
          previous_value: number | null
          revoked_at: string | null
          revoked_because:
            | Database["public"]["Enums"]["revocation_reason"]
            | null
          set_id: string | null
          superseded_at: string | null
          superseded_by: string | null
          user_id: string
          value: number
          workout_id: string | null
        }
        Insert: {
          achieved_at: string
          at_reps?: number | null
          at_weight_kg?: number | null
          created_at?: string
          exercise_id: string
          exercise_name: string
          id?: string
          improvement?: never
          improvement_percent?: never
          is_baseline?: never
          kind: Database["public"]["Enums"]["record_kind"]
          previous_value?: number | null
          revoked_at?: string | null
          revoked_because?:
            | Database["public"]["Enums"]["revocation_reason"]
            | null
          set_id?: string | null
          superseded_at?: string | null
          superseded_by?: string | null
          user_id: string
          value: number
          workout_id?: string | null
        }
        Update: {
          achieved_at?: string
          at_reps?: number | null
          at_weight_kg?: number | null
          created_at?: string
          exercise_id?: string
          exercise_name?: string
          id?: string
          improvement?: never
          improvement_percent?: never
          is_baseline?: never
          kind?: Database["public"]["Enums"]["record_kind"]
          previous_value?: number | null
          revoked_at?: string | null
          revoked_because?:
            | Database["public"]["Enums"]["revocation_reason"]
            | null
          set_id?: string | null
          superseded_at?: string | null
          superseded_by?: string | null
          user_id?: string
          value?: number
          workout_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "personal_records_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "personal_records_set_id_fkey"
            columns: ["set_id"]
            isOneToOne: false
            referencedRelation: "workout_sets"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "personal_records_superseded_by_fkey"
            columns: ["superseded_by"]
            isOneToOne: false
            referencedRelation: "personal_records"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "personal_records_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "personal_records_workout_id_fkey"
            columns: ["workout_id"]
            isOneToOne: false
            referencedRelation: "workouts"
            referencedColumns: ["id"]
          },
        ]
      }
      plans: {
        Row: {
          ai_cents_per_month: number
          created_at: string
          id: string
          is_sold: boolean
          live_requests_per_window: number
          planner_runs_per_day: number | null
          position: number
          requests_per_window: number
          transfer_requests_per_window: number
          updated_at: string
          window_seconds: number
        }
        Insert: {
          ai_cents_per_month?: number
          created_at?: string
          id: string
          is_sold: boolean
          live_requests_per_window: number
          planner_runs_per_day?: number | null
          position: number
          requests_per_window: number
          transfer_requests_per_window: number
          updated_at?: string
          window_seconds?: number
        }
        Update: {
          ai_cents_per_month?: number
          created_at?: string
          id?: string
          is_sold?: boolean
          live_requests_per_window?: number
          planner_runs_per_day?: number | null
          position?: number
          requests_per_window?: number
          transfer_requests_per_window?: number
          updated_at?: string
          window_seconds?: number
        }
        Relationships: []
      }
      preferences: {
        Row: {
          ai_recommendations: boolean
          created_at: string
          default_rest_seconds: number
          e1rm_formula: Database["public"]["Enums"]["e1rm_formula"]
          language: string
          photo_sharing: boolean
          progress_sharing: boolean
          progress_updates: boolean
          rest_days_per_week: number
          social_activity: boolean
          units: Database["public"]["Enums"]["unit_system"]
          updated_at: string
          user_id: string
          week_starts_on: number
          weekly_goal: number
          workout_reminders: boolean
          workout_sharing: boolean
        }
        Insert: {
          ai_recommendations?: boolean
          created_at?: string
          default_rest_seconds?: number
          e1rm_formula?: Database["public"]["Enums"]["e1rm_formula"]
          language?: string
          photo_sharing?: boolean
          progress_sharing?: boolean
          progress_updates?: boolean
          rest_days_per_week?: number
          social_activity?: boolean
          units?: Database["public"]["Enums"]["unit_system"]
          updated_at?: string
          user_id: string
          week_starts_on?: number
          weekly_goal?: number
          workout_reminders?: boolean
          workout_sharing?: boolean
        }
        Update: {
          ai_recommendations?: boolean
          created_at?: string
          default_rest_seconds?: number
          e1rm_formula?: Database["public"]["Enums"]["e1rm_formula"]
          language?: string
          photo_sharing?: boolean
          progress_sharing?: boolean
          progress_updates?: boolean
          rest_days_per_week?: number
          social_activity?: boolean
          units?: Database["public"]["Enums"]["unit_system"]
          updated_at?: string
          user_id?: string
          week_starts_on?: number
          weekly_goal?: number
          workout_reminders?: boolean
          workout_sharing?: boolean
        }
        Relationships: [
          {
            foreignKeyName: "preferences_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      prescriptions: {
        Row: {
          answer: NonNullable<Json>
          created_at: string
          exercise_id: string | null
          exercise_name: string
          id: string
          inputs: NonNullable<Json>
          inputs_hash: string
          rule_version: number
          template_day_id: string
          template_id: string
          user_id: string
        }
        Insert: {
          answer: NonNullable<Json>
          created_at?: string
          exercise_id?: string | null
          exercise_name: string
          id?: string
          inputs: NonNullable<Json>
          inputs_hash: string
          rule_version: number
          template_day_id: string
          template_id: string
          user_id: string
        }
        Update: {
          answer?: NonNullable<Json>
          created_at?: string
          exercise_id?: string | null
          exercise_name?: string
          id?: string
          inputs?: NonNullable<Json>
          inputs_hash?: string
          rule_version?: number
          template_day_id?: string
          template_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "prescriptions_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "prescriptions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      profiles: {
        Row: {
          avatar_path: string | null
          bio: string | null
          created_at: string
          display_name: string
          fitness_level: Database["public"]["Enums"]["training_level"] | null
          location: string | null
          timezone: string
          updated_at: string
          user_id: string
          username: string
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Insert: {
          avatar_path?: string | null
          bio?: string | null
          created_at?: string
          display_name: string
          fitness_level?: Database["public"]["Enums"]["training_level"] | null
          location?: string | null
          timezone?: string
          updated_at?: string
          user_id: string
          username: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Update: {
          avatar_path?: string | null
          bio?: string | null
          created_at?: string
          display_name?: string
          fitness_level?: Database["public"]["Enums"]["training_level"] | null
          location?: string | null
          timezone?: string
          updated_at?: string
          user_id?: string
          username?: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Relationships: []
      }
      subscriptions: {
        Row: {
          cancel_at_period_end: boolean
          created_at: string
          ends_at: string | null
          plan_id: string
          started_at: string
          status: Database["public"]["Enums"]["subscription_status"]
          stripe_customer_id: string | null
          stripe_subscription_id: string | null
          updated_at: string
          user_id: string
        }
        Insert: {
          cancel_at_period_end?: boolean
          created_at?: string
          ends_at?: string | null
          plan_id: string
          started_at: string
          status: Database["public"]["Enums"]["subscription_status"]
          stripe_customer_id?: string | null
          stripe_subscription_id?: string | null
          updated_at?: string
          user_id: string
        }
        Update: {
          cancel_at_period_end?: boolean
          created_at?: string
          ends_at?: string | null
          plan_id?: string
          started_at?: string
          status?: Database["public"]["Enums"]["subscription_status"]
          stripe_customer_id?: string | null
          stripe_subscription_id?: string | null
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "subscriptions_plan_id_fkey"
            columns: ["plan_id"]
            isOneToOne: false
            referencedRelation: "plans"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "subscriptions_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      template_days: {
        Row: {
          created_at: string
          estimated_calories: number | null
          estimated_minutes: number | null
          focus_areas: string[]
          id: string
          is_rest_day: boolean
          name: string
          notes: string | null
          position: number
          template_id: string
          updated_at: string
          week: number | null
          weekday: Database["public"]["Enums"]["weekday"] | null
        }
        Insert: {
          created_at?: string
          estimated_calories?: number | null
          estimated_minutes?: number | null
          focus_areas?: string[]
          id: string
          is_rest_day?: boolean
          name: string
          notes?: string | null
          position: number
          template_id: string
          updated_at?: string
          week?: number | null
          weekday?: Database["public"]["Enums"]["weekday"] | null
        }
        Update: {
          created_at?: string
          estimated_calories?: number | null
          estimated_minutes?: number | null
          focus_areas?: string[]
          id?: string
          is_rest_day?: boolean
          name?: string
          notes?: string | null
          position?: number
          template_id?: string
          updated_at?: string
          week?: number | null
          weekday?: Database["public"]["Enums"]["weekday"] | null
        }
        Relationships: [
          {
            foreignKeyName: "template_days_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: false
            referencedRelation: "workout_templates"
            referencedColumns: ["id"]
          },
        ]
      }
      template_exercises: {
        Row: {
          alternatives: string[]
          created_at: string
          day_id: string
          distance_m: number | null
          duration_seconds: number | null
          exercise_id: string | null
          group_type: Database["public"]["Enums"]["exercise_group_type"] | null
          id: string
          last_set_type: Database["public"]["Enums"]["set_type"] | null
          load_type: Database["public"]["Enums"]["load_type"]
          load_value: number | null
          notes: string | null
          planned_exercise_id: string | null
          position: number
          progression: Json | null
          reps_max: number | null
          reps_min: number | null
          reps_target: number | null
          rest_seconds: number | null
          rounds: number | null
          section: Database["public"]["Enums"]["template_section"]
          set_type: Database["public"]["Enums"]["set_type"]
          sets: number
          superset_group: number | null
          template_id: string
          tempo: string | null
          updated_at: string
          warmup_sets: number
        }
        Insert: {
          alternatives?: string[]
          created_at?: string
          day_id: string
          distance_m?: number | null
          duration_seconds?: number | null
          exercise_id?: string | null
          group_type?: Database["public"]["Enums"]["exercise_group_type"] | null
          id: string
          last_set_type?: Database["public"]["Enums"]["set_type"] | null
          load_type?: Database["public"]["Enums"]["load_type"]
          load_value?: number | null
          notes?: string | null
          planned_exercise_id?: string | null
          position: number
          progression?: Json | null
          reps_max?: number | null
          reps_min?: number | null
          reps_target?: number | null
          rest_seconds?: number | null
          rounds?: number | null
          section?: Database["public"]["Enums"]["template_section"]
          set_type?: Database["public"]["Enums"]["set_type"]
          sets: number
          superset_group?: number | null
          template_id: string
          tempo?: string | null
          updated_at?: string
          warmup_sets?: number
        }
        Update: {
          alternatives?: string[]
          created_at?: string
          day_id?: string
          distance_m?: number | null
          duration_seconds?: number | null
          exercise_id?: string | null
          group_type?: Database["public"]["Enums"]["exercise_group_type"] | null
          id?: string
          last_set_type?: Database["public"]["Enums"]["set_type"] | null
          load_type?: Database["public"]["Enums"]["load_type"]
          load_value?: number | null
          notes?: string | null
          planned_exercise_id?: string | null
          position?: number
          progression?: Json | null
          reps_max?: number | null
          reps_min?: number | null
          reps_target?: number | null
          rest_seconds?: number | null
          rounds?: number | null
          section?: Database["public"]["Enums"]["template_section"]
          set_type?: Database["public"]["Enums"]["set_type"]
          sets?: number
          superset_group?: number | null
          template_id?: string
          tempo?: string | null
          updated_at?: string
          warmup_sets?: number
        }
        Relationships: [
          {
            foreignKeyName: "template_exercises_day_id_fkey"
            columns: ["day_id"]
            isOneToOne: false
            referencedRelation: "template_days"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "template_exercises_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "template_exercises_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: false
            referencedRelation: "workout_templates"
            referencedColumns: ["id"]
          },
        ]
      }
      template_favorites: {
        Row: {
          created_at: string
          template_id: string
          user_id: string
        }
        Insert: {
          created_at?: string
          template_id: string
          user_id?: string
        }
        Update: {
          created_at?: string
          template_id?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "template_favorites_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: false
            referencedRelation: "workout_templates"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "template_favorites_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      template_generations: {
        Row: {
          ai_version: string
          created_at: string
          generated_at: string
          prompt: string
          template_id: string
          updated_at: string
          user_id: string | null
        }
        Insert: {
          ai_version: string
          created_at?: string
          generated_at: string
          prompt: string
          template_id: string
          updated_at?: string
          user_id?: string | null
        }
        Update: {
          ai_version?: string
          created_at?: string
          generated_at?: string
          prompt?: string
          template_id?: string
          updated_at?: string
          user_id?: string | null
        }
        Relationships: [
          {
            foreignKeyName: "template_generations_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: true
            referencedRelation: "workout_templates"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "template_generations_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      template_ratings: {
        Row: {
          created_at: string
          rating: number
          template_id: string
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          rating: number
          template_id: string
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          rating?: number
          template_id?: string
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "template_ratings_template_id_fkey"
            columns: ["template_id"]
            isOneToOne: false
            referencedRelation: "workout_templates"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "template_ratings_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      template_runs: {
        Row: {
          created_at: string
          ended_at: string | null
          id: string
          started_on: string
          status: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at: string
          user_id: string
          version: number
        }
        Insert: {
          created_at?: string
          ended_at?: string | null
          id?: string
          started_on: string
          status?: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at?: string
          user_id?: string
          version: number
        }
        Update: {
          created_at?: string
          ended_at?: string | null
          id?: string
          started_on?: string
          status?: Database["public"]["Enums"]["template_run_status"]
          template_id?: string
          template_name?: string
          updated_at?: string
          user_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "template_runs_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      template_versions: {
        Row: {
          created_at: string
          created_by: string | null
          document: NonNullable<Json>
          is_premium: boolean
          is_premium_copy: boolean
          request_hash: string
          template_id: string
          version: number
        }
        Insert: {
          created_at?: string
          created_by?: string | null
          document: NonNullable<Json>
          is_premium?: boolean
          is_premium_copy?: boolean
          request_hash: string
          template_id: string
          version: number
        }
        Update: {
          created_at?: string
          created_by?: string | null
          document?: NonNullable<Json>
          is_premium?: boolean
          is_premium_copy?: boolean
          request_hash?: string
          template_id?: string
          version?: number
        }
        Relationships: [
          {
            foreignKeyName: "template_versions_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      training_maxes: {
        Row: {
          created_at: string
          effective_on: string
          exercise_id: string
          id: string
          load_kg: number
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          effective_on: string
          exercise_id: string
          id?: string
          load_kg: number
          updated_at?: string
          user_id?: string
        }
        Update: {
          created_at?: string
          effective_on?: string
          exercise_id?: string
          id?: string
          load_kg?: number
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "training_maxes_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "training_maxes_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      user_roles: {
        Row: {
          created_at: string
          role: Database["public"]["Enums"]["user_role"]
          updated_at: string
          user_id: string
        }
        Insert: {
          created_at?: string
          role?: Database["public"]["Enums"]["user_role"]
          updated_at?: string
          user_id: string
        }
        Update: {
          created_at?: string
          role?: Database["public"]["Enums"]["user_role"]
          updated_at?: string
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_roles_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      user_stats: {
        Row: {
          active_seconds: number
          calories: number
          duration_seconds: number
          effective_volume_kg: number
          records_set: number
          rep_count: number
          set_count: number
          user_id: string
          volume_kg: number
          workout_count: number
        }
        Insert: {
          active_seconds: number
          calories: number
          duration_seconds: number
          effective_volume_kg: number
          records_set: number
          rep_count: number
          set_count: number
          user_id: string
          volume_kg: number
          workout_count: number
        }
        Update: {
          active_seconds?: number
          calories?: number
          duration_seconds?: number
          effective_volume_kg?: number
          records_set?: number
          rep_count?: number
          set_count?: number
          user_id?: string
          volume_kg?: number
          workout_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "user_stats_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: true
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      user_streaks: {
        Row: {
          began_on: string
          ended_on: string
          holds_until: string
          kind: Database["public"]["Enums"]["streak_kind"]
          length: number
          user_id: string
        }
        Insert: {
          began_on: string
          ended_on: string
          holds_until: string
          kind: Database["public"]["Enums"]["streak_kind"]
          length: number
          user_id: string
        }
        Update: {
          began_on?: string
          ended_on?: string
          holds_until?: string
          kind?: Database["public"]["Enums"]["streak_kind"]
          length?: number
          user_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "user_streaks_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      weekly_stats: {
        Row: {
          active_seconds: number
          calories: number
          duration_seconds: number
          effective_volume_kg: number
          records_set: number
          rep_count: number
          set_count: number
          training_days: number
          user_id: string
          volume_kg: number
          week: string
          workout_count: number
        }
        Insert: {
          active_seconds: number
          calories: number
          duration_seconds: number
          effective_volume_kg: number
          records_set: number
          rep_count: number
          set_count: number
          training_days: number
          user_id: string
          volume_kg: number
          week: string
          workout_count: number
        }
        Update: {
          active_seconds?: number
          calories?: number
          duration_seconds?: number
          effective_volume_kg?: number
          records_set?: number
          rep_count?: number
          set_count?: number
          training_days?: number
          user_id?: string
          volume_kg?: number
          week?: string
          workout_count?: number
        }
        Relationships: [
          {
            foreignKeyName: "weekly_stats_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      workout_conflicts: {
        Row: {
          created_at: string
          current: Json | null
          expected_version: number | null
          id: string
          reason: string
          resolution: Database["public"]["Enums"]["conflict_resolution"] | null
          resolved_at: string | null
          row_id: string
          session_id: string | null
          table_name: string
          updated_at: string
          user_id: string
          value: NonNullable<Json>
          workout_id: string
        }
        Insert: {
          created_at?: string
          current?: Json | null
          expected_version?: number | null
          id?: string
          reason: string
          resolution?: Database["public"]["Enums"]["conflict_resolution"] | null
          resolved_at?: string | null
          row_id: string
          session_id?: string | null
          table_name: string
          updated_at?: string
          user_id: string
          value: NonNullable<Json>
          workout_id: string
        }
        Update: {
          created_at?: string
          current?: Json | null
          expected_version?: number | null
          id?: string
          reason?: string
          resolution?: Database["public"]["Enums"]["conflict_resolution"] | null
          resolved_at?: string | null
          row_id?: string
          session_id?: string | null
          table_name?: string
          updated_at?: string
          user_id?: string
          value?: NonNullable<Json>
          workout_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "workout_conflicts_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      workout_exercises: {
        Row: {
          bodyweight_fraction: number | null
          changed_by: string | null
          created_at: string
          effective_volume_kg: number
          exercise_id: string
          exercise_name: string
          expected_version: number | null
          group_type: string | null
          id: string
          notes: string | null
          position: number
          rep_count: number
          request_hash: string | null
          section: string
          set_count: number
          superset_group: number | null
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral: boolean
          updated_at: string
          user_id: string
          version: number
          volume_kg: number
          weight_entry: Database["public"]["Enums"]["weight_entry"]
          workout_id: string
        }
        Insert: {
          bodyweight_fraction?: number | null
          changed_by?: string | null
          created_at?: string
          effective_volume_kg?: number
          exercise_id: string
          exercise_name: string
          expected_version?: number | null
          group_type?: string | null
          id?: string
          notes?: string | null
          position: number
          rep_count?: number
          request_hash?: string | null
          section?: string
          set_count?: number
          superset_group?: number | null
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral: boolean
          updated_at?: string
          user_id: string
          version?: number
          volume_kg?: number
          weight_entry: Database["public"]["Enums"]["weight_entry"]
          workout_id: string
        }
        Update: {
          bodyweight_fraction?: number | null
          changed_by?: string | null
          created_at?: string
          effective_volume_kg?: number
          exercise_id?: string
          exercise_name?: string
          expected_version?: number | null
          group_type?: string | null
          id?: string
          notes?: string | null
          position?: number
          rep_count?: number
          request_hash?: string | null
          section?: string
          set_count?: number
          superset_group?: number | null
          tracking_type?: Database["public"]["Enums"]["tracking_type"]
          unilateral?: boolean
          updated_at?: string
          user_id?: string
          version?: number
          volume_kg?: number
          weight_entry?: Database["public"]["Enums"]["weight_entry"]
          workout_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "workout_exercises_exercise_id_fkey"
            columns: ["exercise_id"]
            isOneToOne: false
            referencedRelation: "exercises"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "workout_exercises_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "workout_exercises_workout_id_fkey"
            columns: ["workout_id", "user_id"]
            isOneToOne: false
            referencedRelation: "workouts"
            referencedColumns: ["id", "user_id"]
          },
        ]
      }
      workout_sets: {
        Row: {
          average_heart_rate: number | null
          bodyweight_kg: number | null
          changed_by: string | null
          completed_at: string | null
          created_at: string
          distance_m: number | null
          duration_seconds: number | null
          e1rm_confidence: Database["public"]["Enums"]["confidence"] | null
          e1rm_kg: number | null
          e1rm_method: Database["public"]["Enums"]["e1rm_method"] | null
          effective_volume_kg: number
          energy_kcal: number | null
          entered_unit: Database["public"]["Enums"]["weight_unit"]
          exercise_id: string
          expected_version: number | null
          floors: number | null
          id: string
          incline_percent: number | null
          is_counted: boolean
          is_record: boolean
          level: number | null
          load_kg: number | null
          max_heart_rate: number | null
          notes: string | null
          parent_set_id: string | null
          planned_distance_m: number | null
          planned_duration_seconds: number | null
          planned_reps_max: number | null
          planned_reps_min: number | null
          planned_rest_seconds: number | null
          planned_rpe: number | null
          planned_tempo: string | null
          planned_weight_kg: number | null
          power_watts: number | null
          received_at: string
          reps: number | null
          request_hash: string | null
          rest_seconds: number | null
          rir: number | null
          rpe: number | null
          set_index: number
          set_type: Database["public"]["Enums"]["set_type"]
          side: Database["public"]["Enums"]["set_side"] | null
          speed_mps: number | null
          steps: number | null
          tempo: string | null
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          updated_at: string
          user_id: string
          version: number
          volume_kg: number
          weight_kg: number | null
          workout_exercise_id: string
          workout_id: string
        }
        Insert: {
          average_heart_rate?: number | null
          bodyweight_kg?: number | null
          changed_by?: string | null
          completed_at?: string | null
          created_at?: string
          distance_m?: number | null
          duration_seconds?: number | null
          e1rm_confidence?: Database["public"]["Enums"]["confidence"] | null
          e1rm_kg?: number | null
          e1rm_method?: Database["public"]["Enums"]["e1rm_method"] | null
          effective_volume_kg?: number
          energy_kcal?: number | null
          entered_unit?: Database["public"]["Enums"]["weight_unit"]
          exercise_id: string
          expected_version?: number | null
          floors?: number | null
          id?: string
          incline_percent?: number | null
          is_counted?: boolean
          is_record?: boolean
          level?: number | null
          load_kg?: number | null
          max_heart_rate?: number | null
          notes?: string | null
          parent_set_id?: string | null
          planned_distance_m?: number | null
          planned_duration_seconds?: number | null
          planned_reps_max?: number | null
          planned_reps_min?: number | null
          planned_rest_seconds?: number | null
          planned_rpe?: number | null
          planned_tempo?: string | null
          planned_weight_kg?: number | null
          power_watts?: number | null
          received_at?: string
          reps?: number | null
          request_hash?: string | null
          rest_seconds?: number | null
          rir?: number | null
          rpe?: number | null
          set_index: number
          set_type?: Database["public"]["Enums"]["set_type"]
          side?: Database["public"]["Enums"]["set_side"] | null
          speed_mps?: number | null
          steps?: number | null
          tempo?: string | null
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          updated_at?: string
          user_id: string
          version?: number
          volume_kg?: number
          weight_kg?: number | null
          workout_exercise_id: string
          workout_id: string
        }
        Update: {
          average_heart_rate?: number | null
          bodyweight_kg?: number | null
          changed_by?: string | null
          completed_at?: string | null
          created_at?: string
          distance_m?: number | null
          duration_seconds?: number | null
          e1rm_confidence?: Database["public"]["Enums"]["confidence"] | null
          e1rm_kg?: number | null
          e1rm_method?: Database["public"]["Enums"]["e1rm_method"] | null
          effective_volume_kg?: number
          energy_kcal?: number | null
          entered_unit?: Database["public"]["Enums"]["weight_unit"]
          exercise_id?: string
          expected_version?: number | null
          floors?: number | null
          id?: string
          incline_percent?: number | null
          is_counted?: boolean
          is_record?: boolean
          level?: number | null
          load_kg?: number | null
          max_heart_rate?: number | null
          notes?: string | null
          parent_set_id?: string | null
          planned_distance_m?: number | null
          planned_duration_seconds?: number | null
          planned_reps_max?: number | null
          planned_reps_min?: number | null
          planned_rest_seconds?: number | null
          planned_rpe?: number | null
          planned_tempo?: string | null
          planned_weight_kg?: number | null
          power_watts?: number | null
          received_at?: string
          reps?: number | null
          request_hash?: string | null
          rest_seconds?: number | null
          rir?: number | null
          rpe?: number | null
          set_index?: number
          set_type?: Database["public"]["Enums"]["set_type"]
          side?: Database["public"]["Enums"]["set_side"] | null
          speed_mps?: number | null
          steps?: number | null
          tempo?: string | null
          tracking_type?: Database["public"]["Enums"]["tracking_type"]
          updated_at?: string
          user_id?: string
          version?: number
          volume_kg?: number
          weight_kg?: number | null
          workout_exercise_id?: string
          workout_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "workout_sets_workout_exercise_id_fkey"
            columns: [
              "workout_exercise_id",
              "workout_id",
              "user_id",
              "exercise_id",
            ]
            isOneToOne: false
            referencedRelation: "workout_exercises"
            referencedColumns: ["id", "workout_id", "user_id", "exercise_id"]
          },
        ]
      }
      workout_shares: {
        Row: {
          created_at: string
          owner_id: string
          user_id: string
          workout_id: string
        }
        Insert: {
          created_at?: string
          owner_id?: string
          user_id: string
          workout_id: string
        }
        Update: {
          created_at?: string
          owner_id?: string
          user_id?: string
          workout_id?: string
        }
        Relationships: [
          {
            foreignKeyName: "workout_shares_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
          {
            foreignKeyName: "workout_shares_workout_id_fkey"
            columns: ["workout_id", "owner_id"]
            isOneToOne: false
            referencedRelation: "workouts"
            referencedColumns: ["id", "user_id"]
          },
        ]
      }
      workout_templates: {
        Row: {
          author_is_public: boolean
          category: Database["public"]["Enums"]["template_category"] | null
          completion_rate: number | null
          copied_from: string | null
          created_at: string
          created_by: string | null
          days_per_week: number
          description: string
          difficulty: Database["public"]["Enums"]["training_level"]
          equipment: Database["public"]["Enums"]["equipment"][]
          estimated_calories: number | null
          estimated_minutes: number | null
          favorite_count: number
          featured_order: number | null
          goal: Database["public"]["Enums"]["training_goal"]
          id: string
          is_active: boolean
          is_ai_generated: boolean
          is_premium: boolean
          is_premium_copy: boolean
          is_published: boolean
          language: string
          name: string
          popularity: number
          primary_muscles: Database["public"]["Enums"]["muscle"][]
          published_at: string | null
          rating_average: number | null
          rating_count: number
          rating_sum: number
          runs_completed: number
          runs_started: number
          tags: string[]
          total_weeks: number
          updated_at: string
          usage_count: number
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
        }
        Insert: {
          author_is_public?: boolean
          category?: Database["public"]["Enums"]["template_category"] | null
          completion_rate?: never
          copied_from?: string | null
          created_at?: string
          created_by?: string | null
          days_per_week?: number
          description?: string
          difficulty: Database["public"]["Enums"]["training_level"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          estimated_calories?: number | null
          estimated_minutes?: number | null
          favorite_count?: number
          featured_order?: number | null
          goal: Database["public"]["Enums"]["training_goal"]
          id?: string
          is_active?: boolean
          is_ai_generated?: boolean
          is_premium?: boolean
          is_premium_copy?: boolean
          is_published?: boolean
          language?: string
          name: string
          popularity?: never
          primary_muscles?: Database["public"]["Enums"]["muscle"][]
          published_at?: string | null
          rating_average?: never
          rating_count?: number
          rating_sum?: number
          runs_completed?: number
          runs_started?: number
          tags?: string[]
          total_weeks?: number
          updated_at?: string
          usage_count?: number
          version?: number
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Update: {
          author_is_public?: boolean
          category?: Database["public"]["Enums"]["template_category"] | null
          completion_rate?: never
          copied_from?: string | null
          created_at?: string
          created_by?: string | null
          days_per_week?: number
          description?: string
          difficulty?: Database["public"]["Enums"]["training_level"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          estimated_calories?: number | null
          estimated_minutes?: number | null
          favorite_count?: number
          featured_order?: number | null
          goal?: Database["public"]["Enums"]["training_goal"]
          id?: string
          is_active?: boolean
          is_ai_generated?: boolean
          is_premium?: boolean
          is_premium_copy?: boolean
          is_published?: boolean
          language?: string
          name?: string
          popularity?: never
          primary_muscles?: Database["public"]["Enums"]["muscle"][]
          published_at?: string | null
          rating_average?: never
          rating_count?: number
          rating_sum?: number
          runs_completed?: number
          runs_started?: number
          tags?: string[]
          total_weeks?: number
          updated_at?: string
          usage_count?: number
          version?: number
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Relationships: [
          {
            foreignKeyName: "workout_templates_created_by_fkey"
            columns: ["created_by"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
      workouts: {
        Row: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        Insert: {
          active_seconds?: number | null
          average_rpe?: number | null
          bodyweight_kg?: number | null
          calories?: number | null
          changed_by?: string | null
          created_at?: string
          current_exercise_index?: number
          current_set_index?: number
          duration_seconds?: never
          effective_volume_kg?: number
          ended_at?: string | null
          energy?: number | null
          expected_version?: number | null
          id?: string
          import_id?: string | null
          local_date?: never
          location?: Database["public"]["Enums"]["workout_location"] | null
          mood_after?: string | null
          mood_before?: string | null
          name?: string
          notes?: string | null
          paused_at?: string | null
          pauses?: unknown
          planned_for?: string | null
          records_set?: number
          rep_count?: number
          request_hash?: string | null
          rest_ends_at?: string | null
          rest_seconds?: never
          rest_started_at?: string | null
          set_count?: number
          started_at?: string | null
          status?: Database["public"]["Enums"]["workout_status"]
          template_day_id?: string | null
          template_id?: string | null
          template_name?: string | null
          template_run_id?: string | null
          template_week?: number | null
          timezone: string
          total_rest_seconds?: number
          updated_at?: string
          user_id?: string
          version?: number
          visibility?: Database["public"]["Enums"]["visibility"]
          volume_kg?: number
          warmup_set_count?: number
          warmup_volume_kg?: number
        }
        Update: {
          active_seconds?: number | null
          average_rpe?: number | null
          bodyweight_kg?: number | null
          calories?: number | null
          changed_by?: string | null
          created_at?: string
          current_exercise_index?: number
          current_set_index?: number
          duration_seconds?: never
          effective_volume_kg?: number
          ended_at?: string | null
          energy?: number | null
          expected_version?: number | null
          id?: string
          import_id?: string | null
          local_date?: never
          location?: Database["public"]["Enums"]["workout_location"] | null
          mood_after?: string | null
          mood_before?: string | null
          name?: string
          notes?: string | null
          paused_at?: string | null
          pauses?: unknown
          planned_for?: string | null
          records_set?: number
          rep_count?: number
          request_hash?: string | null
          rest_ends_at?: string | null
          rest_seconds?: never
          rest_started_at?: string | null
          set_count?: number
          started_at?: string | null
          status?: Database["public"]["Enums"]["workout_status"]
          template_day_id?: string | null
          template_id?: string | null
          template_name?: string | null
          template_run_id?: string | null
          template_week?: number | null
          timezone?: string
          total_rest_seconds?: number
          updated_at?: string
          user_id?: string
          version?: number
          visibility?: Database["public"]["Enums"]["visibility"]
          volume_kg?: number
          warmup_set_count?: number
          warmup_volume_kg?: number
        }
        Relationships: [
          {
            foreignKeyName: "workouts_template_run_id_fkey"
            columns: ["template_run_id"]
            isOneToOne: false
            referencedRelation: "template_runs"
            referencedColumns: ["id"]
          },
          {
            foreignKeyName: "workouts_user_id_fkey"
            columns: ["user_id"]
            isOneToOne: false
            referencedRelation: "profiles"
            referencedColumns: ["user_id"]
          },
        ]
      }
    }
    Views: {
      [_ in never]: never
    }
    Functions: {
      abandon_template_run: {
        Args: { run_id?: string }
        Returns: {
          created_at: string
          ended_at: string | null
          id: string
          started_on: string
          status: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at: string
          user_id: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "template_runs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      active_workout: { Args: Record<PropertyKey, never>; Returns: Json }
      add_workout_exercise: {
        Args: {
          exercise_id?: string
          id?: string
          position?: number
          superset_group?: number
          workout_id?: string
        }
        Returns: {
          bodyweight_fraction: number | null
          changed_by: string | null
          created_at: string
          effective_volume_kg: number
          exercise_id: string
          exercise_name: string
          expected_version: number | null
          group_type: string | null
          id: string
          notes: string | null
          position: number
          rep_count: number
          request_hash: string | null
          section: string
          set_count: number
          superset_group: number | null
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral: boolean
          updated_at: string
          user_id: string
          version: number
          volume_kg: number
          weight_entry: Database["public"]["Enums"]["weight_entry"]
          workout_id: string
        }
        SetofOptions: {
          from: "*"
          to: "workout_exercises"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      admin_delete_user: {
        Args: { reason: string; user_id: string }
        Returns: Json
      }
      admin_keep_user: {
        Args: { reason: string; user_id: string }
        Returns: Json
      }
      admin_list_users: {
        Args: { cursor?: string; limit?: number; query?: string }
        Returns: Json
      }
      admin_review_queue: {
        Args: { cursor?: string; kind?: string; limit?: number }
        Returns: Json
      }
      admin_update_user: {
        Args: { patch: Json; user_id: string }
        Returns: Json
      }
      avatars_to_check: { Args: { limit?: number }; Returns: Json }
      begin_export: { Args: { user_id: string }; Returns: Json }
      begin_import: {
        Args: {
          file_hash?: string
          id?: string
          line_count?: number
          names?: Json
          settings?: Json
          source?: Database["public"]["Enums"]["import_source"]
          timezone?: string
        }
        Returns: {
          created_at: string
          duplicate_count: number
          failed_count: number
          file_hash: string
          finished_at: string | null
          id: string
          imported_count: number
          kept_count: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count: number
          source: Database["public"]["Enums"]["import_source"]
          status: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at: string | null
          updated_at: string
          user_id: string
          workout_count: number
        }
        SetofOptions: {
          from: "*"
          to: "imports"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      begin_template_run: {
        Args: { id?: string; started_on?: string; template_id?: string }
        Returns: {
          created_at: string
          ended_at: string | null
          id: string
          started_on: string
          status: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at: string
          user_id: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "template_runs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      block_user: { Args: { user_id: string }; Returns: undefined }
      cancel_workout: {
        Args: { workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      complete_set: {
        Args: {
          average_heart_rate?: number
          completed_at?: string
          distance_m?: number
          duration_seconds?: number
          energy_kcal?: number
          entered_unit?: Database["public"]["Enums"]["weight_unit"]
          floors?: number
          id?: string
          incline_percent?: number
          level?: number
          max_heart_rate?: number
          notes?: string
          parent_set_id?: string
          power_watts?: number
          reps?: number
          rest_seconds?: number
          rir?: number
          rpe?: number
          set_index?: number
          set_type?: Database["public"]["Enums"]["set_type"]
          side?: Database["public"]["Enums"]["set_side"]
          speed_mps?: number
          steps?: number
          tempo?: string
          weight_kg?: number
          workout_exercise_id?: string
        }
        Returns: Json
      }
      complete_workout: {
        Args: {
          ended_at?: string
          energy?: number
          mood_after?: string
          notes?: string
          workout_id?: string
        }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      count_address: { Args: { address?: string }; Returns: undefined }
      count_request: { Args: Record<PropertyKey, never>; Returns: undefined }
      delete_exercise: { Args: { exercise_id?: string }; Returns: string }
      delete_my_account: { Args: Record<PropertyKey, never>; Returns: Json }
      delete_set: { Args: { set_id?: string; version?: number }; Returns: Json }
      discard_archive: {
        Args: { restore_id: string; user_id: string }
        Returns: undefined
      }
      discarded_avatars: {
        Args: { after?: string; limit?: number }
        Returns: Json
      }
      duplicate_template: {
        Args: { id?: string; template_id?: string }
        Returns: Json
      }
      end_export: {
        Args: { export_id: string; user_id: string }
        Returns: undefined
      }
      end_welcome_mail: {
        Args: { again?: boolean; failure?: string; user_id: string }
        Returns: undefined
      }
      exercise_history: {
        Args: { cursor?: string; exercise_id?: string; limit?: number }
        Returns: Json
      }
      export_page: {
        Args: { export_id: string; page: number; user_id: string }
        Returns: string
      }
      extend_rest: {
        Args: { seconds?: number; workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      feature_template: {
        Args: {
          featured_order?: number
          is_premium?: boolean
          template_id?: string
          version?: number
        }
        Returns: {
          author_is_public: boolean
          category: Database["public"]["Enums"]["template_category"] | null
          completion_rate: number | null
          copied_from: string | null
          created_at: string
          created_by: string | null
          days_per_week: number
          description: string
          difficulty: Database["public"]["Enums"]["training_level"]
          equipment: Database["public"]["Enums"]["equipment"][]
          estimated_calories: number | null
          estimated_minutes: number | null
          favorite_count: number
          featured_order: number | null
          goal: Database["public"]["Enums"]["training_goal"]
          id: string
          is_active: boolean
          is_ai_generated: boolean
          is_premium: boolean
          is_premium_copy: boolean
          is_published: boolean
          language: string
          name: string
          popularity: number
          primary_muscles: Database["public"]["Enums"]["muscle"][]
          published_at: string | null
          rating_average: number | null
          rating_count: number
          rating_sum: number
          runs_completed: number
          runs_started: number
          tags: string[]
          total_weeks: number
          updated_at: string
          usage_count: number
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
        }
        SetofOptions: {
          from: "*"
          to: "workout_templates"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      files_to_erase: {
        Args: { after?: string; limit?: number }
        Returns: Json
      }
      finish_import: {
        Args: { import_id?: string }
        Returns: {
          created_at: string
          duplicate_count: number
          failed_count: number
          file_hash: string
          finished_at: string | null
          id: string
          imported_count: number
          kept_count: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count: number
          source: Database["public"]["Enums"]["import_source"]
          status: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at: string | null
          updated_at: string
          user_id: string
          workout_count: number
        }
        SetofOptions: {
          from: "*"
          to: "imports"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      finish_template_run: {
        Args: { run_id?: string }
        Returns: {
          created_at: string
          ended_at: string | null
          id: string
          started_on: string
          status: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at: string
          user_id: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "template_runs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      get_exercise: {
        Args: {
          bodyweight_kg?: number
          exercise_id?: string
          language?: string
        }
        Returns: Json
      }
      get_template: {
        Args: { template_id?: string; version?: number }
        Returns: Json
      }
      get_workout: { Args: { workout_id?: string }; Returns: Json }
      import_sets: {
        Args: { import_id?: string; rows?: Json }
        Returns: {
          created_at: string
          duplicate_count: number
          failed_count: number
          file_hash: string
          finished_at: string | null
          id: string
          imported_count: number
          kept_count: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count: number
          source: Database["public"]["Enums"]["import_source"]
          status: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at: string | null
          updated_at: string
          user_id: string
          workout_count: number
        }
        SetofOptions: {
          from: "*"
          to: "imports"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      judge_avatar: {
        Args: { is_picture: boolean; object_id: string; version: string }
        Returns: undefined
      }
      keep_my_account: { Args: Record<PropertyKey, never>; Returns: Json }
      match_exercise_names: { Args: { names?: string[] }; Returns: Json }
      merge_exercises: {
        Args: { from_id?: string; into_id?: string }
        Returns: Json
      }
      move_template_run: {
        Args: { run_id?: string }
        Returns: {
          created_at: string
          ended_at: string | null
          id: string
          started_on: string
          status: Database["public"]["Enums"]["template_run_status"]
          template_id: string
          template_name: string
          updated_at: string
          user_id: string
          version: number
        }
        SetofOptions: {
          from: "*"
          to: "template_runs"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      my_access_log: {
        Args: { cursor?: string; limit?: number }
        Returns: Json
      }
      my_account: { Args: Record<PropertyKey, never>; Returns: Json }
      my_blocks: { Args: { cursor?: string; limit?: number }; Returns: Json }
      my_entitlements: { Args: Record<PropertyKey, never>; Returns: Json }
      my_friends: { Args: { cursor?: string; limit?: number }; Returns: Json }
      my_streaks: { Args: Record<PropertyKey, never>; Returns: Json }
      my_workouts: {
        Args: {
          cursor?: string
          from_date?: string
          limit?: number
          to_date?: string
        }
        Returns: Json
      }
      next_workout: { Args: { template_id?: string }; Returns: Json }
      pause_workout: {
        Args: { workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      plate_plan: {
        Args: { exercise_id: string; never_above?: boolean; weight_kg: number }
        Returns: Json
      }
      platform_analytics: {
        Args: { from_date: string; to_date: string }
        Returns: Json
      }
      preview_import: {
        Args: {
          rows?: Json
          source?: Database["public"]["Enums"]["import_source"]
          timezone?: string
        }
        Returns: Json
      }
      publish_template: {
        Args: {
          template_id?: string
          visibility?: Database["public"]["Enums"]["visibility"]
        }
        Returns: Json
      }
      recompute_my_stats: { Args: Record<PropertyKey, never>; Returns: Json }
      remove_friend: { Args: { user_id: string }; Returns: undefined }
      reorder_workout_exercises: {
        Args: {
          version?: number
          workout_exercise_ids?: string[]
          workout_id?: string
        }
        Returns: Json
      }
      replace_workout_exercise: {
        Args: {
          exercise_id?: string
          id?: string
          version?: number
          workout_exercise_id?: string
        }
        Returns: Json
      }
      resolve_workout_conflict: {
        Args: { conflict_id?: string; restore?: boolean }
        Returns: Json
      }
      respond_friend_request: {
        Args: { accept: boolean; user_id: string }
        Returns: {
          accepted_at: string | null
          addressee_id: string
          created_at: string
          id: string
          requester_id: string
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "friendships"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      restore_account: {
        Args: {
          file_hash: string
          pages: number
          restore_id: string
          user_id: string
        }
        Returns: Json
      }
      resume_workout: {
        Args: { workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      review_exercise: {
        Args: {
          approve?: boolean
          exercise_id?: string
          reason?: string
          updated_at?: string
        }
        Returns: {
          aliases: string[]
          bodyweight_fraction: number | null
          common_mistakes: string[]
          created_at: string
          created_by: string | null
          description: string
          difficulty: Database["public"]["Enums"]["training_level"]
          direction: Database["public"]["Enums"]["movement_direction"]
          equipment: Database["public"]["Enums"]["equipment"][]
          exercise_type: Database["public"]["Enums"]["exercise_type"]
          force: Database["public"]["Enums"]["force_type"]
          gifs: string[]
          id: string
          images: string[]
          instructions: string[]
          is_active: boolean
          language: string
          mechanic: Database["public"]["Enums"]["mechanic"]
          merged_into: string | null
          met: number | null
          met_code: string | null
          movement_pattern: Database["public"]["Enums"]["movement_pattern"]
          name: string
          popularity: number
          primary_muscles: Database["public"]["Enums"]["muscle"][]
          rating_average: number | null
          rating_count: number
          rating_sum: number
          review_reason: string | null
          review_status: Database["public"]["Enums"]["review_status"]
          reviewed_at: string | null
          secondary_muscles: Database["public"]["Enums"]["muscle"][]
          slug: string | null
          tags: string[]
          tips: string[]
          tracking_type: Database["public"]["Enums"]["tracking_type"]
          unilateral: boolean
          updated_at: string
          usage_count: number
          videos: string[]
          warnings: string[]
          weight_entry: Database["public"]["Enums"]["weight_entry"]
        }
        SetofOptions: {
          from: "*"
          to: "exercises"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      save_template: { Args: { template?: Json }; Returns: Json }
      search_exercises: {
        Args: {
          cursor?: string
          difficulty?: Database["public"]["Enums"]["training_level"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          language?: string
          level?: Database["public"]["Enums"]["training_level"]
          limit?: number
          muscles?: Database["public"]["Enums"]["muscle"][]
          pattern?: Database["public"]["Enums"]["movement_pattern"]
          query?: string
          type?: Database["public"]["Enums"]["exercise_type"]
        }
        Returns: Json
      }
      search_templates: {
        Args: {
          category?: Database["public"]["Enums"]["template_category"]
          cursor?: string
          difficulty?: Database["public"]["Enums"]["training_level"]
          equipment?: Database["public"]["Enums"]["equipment"][]
          goal?: Database["public"]["Enums"]["training_goal"]
          limit?: number
          max_days_per_week?: number
          max_minutes?: number
          max_weeks?: number
          muscles?: Database["public"]["Enums"]["muscle"][]
          query?: string
          scope?: string
          tags?: string[]
        }
        Returns: Json
      }
      search_users: { Args: { limit?: number; query: string }; Returns: Json }
      send_archive_page: {
        Args: {
          page: number
          relation: string
          restore_id: string
          rows: Json
          user_id: string
        }
        Returns: undefined
      }
      send_friend_request: {
        Args: { user_id: string }
        Returns: {
          accepted_at: string | null
          addressee_id: string
          created_at: string
          id: string
          requester_id: string
          updated_at: string
        }
        SetofOptions: {
          from: "*"
          to: "friendships"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      set_current_exercise: {
        Args: { exercise_index?: number; workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      set_username: { Args: { username: string }; Returns: string }
      share_workout: {
        Args: {
          user_ids?: string[]
          visibility?: Database["public"]["Enums"]["visibility"]
          workout_id?: string
        }
        Returns: Json
      }
      shared_workouts: {
        Args: { cursor?: string; limit?: number }
        Returns: Json
      }
      show_avatar: {
        Args: {
          object_id: string
          path: string
          user_id: string
          version: string
        }
        Returns: undefined
      }
      similar_exercises: {
        Args: {
          equipment?: Database["public"]["Enums"]["equipment"][]
          exercise_id: string
          limit?: number
        }
        Returns: Json
      }
      skip_rest: {
        Args: { workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      start_rest: {
        Args: { seconds?: number; workout_id?: string }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      start_workout: {
        Args: {
          energy?: number
          from_workout_id?: string
          id?: string
          location?: Database["public"]["Enums"]["workout_location"]
          mood_before?: string
          name?: string
          started_at?: string
          template_day_id?: string
          template_id?: string
          timezone?: string
        }
        Returns: {
          active_seconds: number | null
          average_rpe: number | null
          bodyweight_kg: number | null
          calories: number | null
          changed_by: string | null
          created_at: string
          current_exercise_index: number
          current_set_index: number
          duration_seconds: number | null
          effective_volume_kg: number
          ended_at: string | null
          energy: number | null
          expected_version: number | null
          id: string
          import_id: string | null
          local_date: string | null
          location: Database["public"]["Enums"]["workout_location"] | null
          mood_after: string | null
          mood_before: string | null
          name: string
          notes: string | null
          paused_at: string | null
          pauses: unknown
          planned_for: string | null
          records_set: number
          rep_count: number
          request_hash: string | null
          rest_ends_at: string | null
          rest_seconds: number | null
          rest_started_at: string | null
          set_count: number
          started_at: string | null
          status: Database["public"]["Enums"]["workout_status"]
          template_day_id: string | null
          template_id: string | null
          template_name: string | null
          template_run_id: string | null
          template_week: number | null
          timezone: string
          total_rest_seconds: number
          updated_at: string
          user_id: string
          version: number
          visibility: Database["public"]["Enums"]["visibility"]
          volume_kg: number
          warmup_set_count: number
          warmup_volume_kg: number
        }
        SetofOptions: {
          from: "*"
          to: "workouts"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      strength_progress: {
        Args: { exercise_id: string; from_date?: string; to_date?: string }
        Returns: Json
      }
      take_welcome_mail: { Args: Record<PropertyKey, never>; Returns: Json }
      template_changes: {
        Args: {
          from_version?: number
          template_id?: string
          to_version?: number
        }
        Returns: Json
      }
      unblock_user: { Args: { user_id: string }; Returns: undefined }
      undo_import: {
        Args: { import_id?: string; keep_changed?: boolean; limit?: number }
        Returns: {
          created_at: string
          duplicate_count: number
          failed_count: number
          file_hash: string
          finished_at: string | null
          id: string
          imported_count: number
          kept_count: number
          line_count: number
          names: NonNullable<Json>
          request_hash: string
          settings_hash: string
          skipped_count: number
          source: Database["public"]["Enums"]["import_source"]
          status: Database["public"]["Enums"]["import_status"]
          timezone: string
          undone_at: string | null
          updated_at: string
          user_id: string
          workout_count: number
        }
        SetofOptions: {
          from: "*"
          to: "imports"
          isOneToOne: true
          isSetofReturn: false
        }
      }
      unmerge_exercise: { Args: { exercise_id?: string }; Returns: Json }
      unpublish_template: { Args: { template_id?: string }; Returns: Json }
      update_set: {
        Args: { changes?: Json; set_id?: string; version?: number }
        Returns: Json
      }
      update_workout: {
        Args: { changes?: Json; version?: number; workout_id?: string }
        Returns: Json
      }
      update_workout_exercise: {
        Args: { changes?: Json; version?: number; workout_exercise_id?: string }
        Returns: Json
      }
      upload_workouts: { Args: { workouts?: Json }; Returns: Json }
      uploaded_avatar: {
        Args: { path: string; user_id: string }
        Returns: Json
      }
      workout_calendar: { Args: { month?: string }; Returns: Json }
    }
    Enums: {
      confidence: "high" | "medium" | "low"
      conflict_resolution: "restored" | "dismissed"
      e1rm_formula: "epley" | "brzycki" | "consensus"
      e1rm_method: "single" | "rpe_table" | "epley" | "brzycki" | "consensus"
      equipment:
        | "barbell"
        | "ez_bar"
        | "trap_bar"
        | "dumbbell"
        | "kettlebell"
        | "weight_plate"
        | "cable"
        | "machine"
        | "plate_loaded_machine"
        | "smith_machine"
        | "bodyweight"
        | "pull_up_bar"
        | "dip_bars"
        | "resistance_band"
        | "suspension_trainer"
        | "gymnastic_rings"
        | "medicine_ball"
        | "stability_ball"
        | "ab_wheel"
        | "landmine"
        | "sled"
        | "sandbag"
        | "battle_ropes"
        | "jump_rope"
        | "plyo_box"
        | "foam_roller"
        | "flat_bench"
        | "adjustable_bench"
        | "rack"
        | "ghd"
        | "weight_belt_or_vest"
        | "strongman_implement"
        | "treadmill"
        | "stationary_bike"
        | "air_bike"
        | "bicycle"
        | "rowing_ergometer"
        | "ski_ergometer"
        | "elliptical"
        | "stair_climber"
        | "pool"
      exercise_group_type: "superset" | "giant_set" | "circuit"
      exercise_type:
        | "strength"
        | "olympic_lift"
        | "plyometric"
        | "strongman"
        | "conditioning"
        | "cardio"
        | "mobility"
        | "balance"
      force_type: "push" | "pull" | "static" | "none"
      gender: "male" | "female" | "other"
      import_outcome:
        | "imported"
        | "duplicate"
        | "skipped"
        | "failed"
        | "kept"
        | "undone"
      import_source: "strong" | "hevy" | "fitnotes"
      import_status: "running" | "completed" | "undoing" | "undone"
      load_type:
        | "open"
        | "bodyweight"
        | "fixed"
        | "percent_e1rm"
        | "percent_training_max"
        | "rpe"
        | "rir"
      mechanic: "compound" | "isolation" | "none"
      movement_direction: "horizontal" | "vertical" | "none"
      movement_pattern:
        | "push"
        | "pull"
        | "squat"
        | "hinge"
        | "lunge"
        | "carry"
        | "rotation"
        | "core"
        | "gait"
        | "jump"
        | "isolation"
        | "mobility"
      muscle:
        | "chest"
        | "front_delts"
        | "side_delts"
        | "rear_delts"
        | "rotator_cuff"
        | "lats"
        | "upper_back"
        | "traps"
        | "lower_back"
        | "neck"
        | "biceps"
        | "triceps"
        | "forearms"
        | "abdominals"
        | "obliques"
        | "hip_flexors"
        | "glutes"
        | "quadriceps"
        | "hamstrings"
        | "adductors"
        | "abductors"
        | "calves"
        | "tibialis"
        | "full_body"
        | "cardio"
      piece_kind:
        | "barbell"
        | "ez_bar"
        | "trap_bar"
        | "smith_bar"
        | "plate"
        | "dumbbell"
        | "kettlebell"
        | "stack"
      progression_type: "linear" | "double" | "wave" | "rpe"
      record_kind:
        | "max_weight"
        | "best_e1rm"
        | "best_relative"
        | "rep_max"
        | "max_reps_at_weight"
        | "max_reps"
        | "max_session_reps"
        | "best_set_volume"
        | "best_session_volume"
        | "least_assist"
        | "longest_duration"
        | "longest_distance"
        | "best_pace"
      review_status: "pending" | "approved" | "rejected"
      revocation_reason:
        | "set_deleted"
        | "set_changed"
        | "exercise_changed"
        | "not_counted"
        | "outdone"
      set_side: "left" | "right"
      set_type:
        | "warmup"
        | "working"
        | "top"
        | "backoff"
        | "amrap"
        | "failure"
        | "drop"
        | "rest_pause"
        | "myo_rep"
        | "cluster"
      streak_kind: "days" | "weeks"
      subscription_status: "active" | "past_due" | "cancelled" | "expired"
      template_category:
        | "beginner"
        | "intermediate"
        | "advanced"
        | "specialized"
      template_run_status: "active" | "completed" | "abandoned"
      template_section: "warmup" | "main" | "cooldown"
      tracking_type:
        | "weight_reps"
        | "bodyweight_reps"
        | "assisted_reps"
        | "reps_only"
        | "duration"
        | "weight_duration"
        | "distance_duration"
        | "weight_distance"
        | "cardio"
      training_goal:
        | "strength"
        | "muscle_building"
        | "fat_loss"
        | "endurance"
        | "power"
        | "general_health"
      training_level: "beginner" | "intermediate" | "advanced"
      unit_system: "metric" | "imperial"
      user_role: "user" | "admin"
      visibility: "public" | "friends" | "private"
      weekday:
        | "monday"
        | "tuesday"
        | "wednesday"
        | "thursday"
        | "friday"
        | "saturday"
        | "sunday"
      weight_entry:
        | "total"
        | "per_hand"
        | "single_implement"
        | "stack"
        | "added"
        | "assist"
        | "none"
      weight_unit: "kg" | "lb"
      workout_location: "home" | "gym" | "outdoor" | "travel" | "other"
      workout_status: "planned" | "in_progress" | "completed" | "cancelled"
    }
    CompositeTypes: {
      [_ in never]: never
    }
  }
}

type DatabaseWithoutInternals = Omit<Database, "__InternalSupabase">

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] &
        DefaultSchema["Views"])
    ? (DefaultSchema["Tables"] &
        DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
        Row: infer R
      }
      ? R
      : never
    : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Insert: infer I
      }
      ? I
      : never
    : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends (DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never) = never,
> = DefaultSchemaTableNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
    ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
        Update: infer U
      }
      ? U
      : never
    : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends (DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never) = never,
> = DefaultSchemaEnumNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
    ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
    : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends (PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never) = never,
> = PublicCompositeTypeNameOrOptions extends {
  schema: keyof DatabaseWithoutInternals
}
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
    ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
    : never

export const Constants = {
  public: {
    Enums: {
      confidence: ["high", "medium", "low"],
      conflict_resolution: ["restored", "dismissed"],
      e1rm_formula: ["epley", "brzycki", "consensus"],
      e1rm_method: ["single", "rpe_table", "epley", "brzycki", "consensus"],
      equipment: [
        "barbell",
        "ez_bar",
        "trap_bar",
        "dumbbell",
        "kettlebell",
        "weight_plate",
        "cable",
        "machine",
        "plate_loaded_machine",
        "smith_machine",
        "bodyweight",
        "pull_up_bar",
        "dip_bars",
        "resistance_band",
        "suspension_trainer",
        "gymnastic_rings",
        "medicine_ball",
        "stability_ball",
        "ab_wheel",
        "landmine",
        "sled",
        "sandbag",
        "battle_ropes",
        "jump_rope",
        "plyo_box",
        "foam_roller",
        "flat_bench",
        "adjustable_bench",
        "rack",
        "ghd",
        "weight_belt_or_vest",
        "strongman_implement",
        "treadmill",
        "stationary_bike",
        "air_bike",
        "bicycle",
        "rowing_ergometer",
        "ski_ergometer",
        "elliptical",
        "stair_climber",
        "pool",
      ],
      exercise_group_type: ["superset", "giant_set", "circuit"],
      exercise_type: [
        "strength",
        "olympic_lift",
        "plyometric",
        "strongman",
        "conditioning",
        "cardio",
        "mobility",
        "balance",
      ],
      force_type: ["push", "pull", "static", "none"],
      gender: ["male", "female", "other"],
      import_outcome: [
        "imported",
        "duplicate",
        "skipped",
        "failed",
        "kept",
        "undone",
      ],
      import_source: ["strong", "hevy", "fitnotes"],
      import_status: ["running", "completed", "undoing", "undone"],
      load_type: [
        "open",
        "bodyweight",
        "fixed",
        "percent_e1rm",
        "percent_training_max",
        "rpe",
        "rir",
      ],
      mechanic: ["compound", "isolation", "none"],
      movement_direction: ["horizontal", "vertical", "none"],
      movement_pattern: [
        "push",
        "pull",
        "squat",
        "hinge",
        "lunge",
        "carry",
        "rotation",
        "core",
        "gait",
        "jump",
        "isolation",
        "mobility",
      ],
      muscle: [
        "chest",
        "front_delts",
        "side_delts",
        "rear_delts",
        "rotator_cuff",
        "lats",
        "upper_back",
        "traps",
        "lower_back",
        "neck",
        "biceps",
        "triceps",
        "forearms",
        "abdominals",
        "obliques",
        "hip_flexors",
        "glutes",
        "quadriceps",
        "hamstrings",
        "adductors",
        "abductors",
        "calves",
        "tibialis",
        "full_body",
        "cardio",
      ],
      piece_kind: [
        "barbell",
        "ez_bar",
        "trap_bar",
        "smith_bar",
        "plate",
        "dumbbell",
        "kettlebell",
        "stack",
      ],
      progression_type: ["linear", "double", "wave", "rpe"],
      record_kind: [
        "max_weight",
        "best_e1rm",
        "best_relative",
        "rep_max",
        "max_reps_at_weight",
        "max_reps",
        "max_session_reps",
        "best_set_volume",
        "best_session_volume",
        "least_assist",
        "longest_duration",
        "longest_distance",
        "best_pace",
      ],
      review_status: ["pending", "approved", "rejected"],
      revocation_reason: [
        "set_deleted",
        "set_changed",
        "exercise_changed",
        "not_counted",
        "outdone",
      ],
      set_side: ["left", "right"],
      set_type: [
        "warmup",
        "working",
        "top",
        "backoff",
        "amrap",
        "failure",
        "drop",
        "rest_pause",
        "myo_rep",
        "cluster",
      ],
      streak_kind: ["days", "weeks"],
      subscription_status: ["active", "past_due", "cancelled", "expired"],
      template_category: [
        "beginner",
        "intermediate",
        "advanced",
        "specialized",
      ],
      template_run_status: ["active", "completed", "abandoned"],
      template_section: ["warmup", "main", "cooldown"],
      tracking_type: [
        "weight_reps",
        "bodyweight_reps",
        "assisted_reps",
        "reps_only",
        "duration",
        "weight_duration",
        "distance_duration",
        "weight_distance",
        "cardio",
      ],
      training_goal: [
        "strength",
        "muscle_building",
        "fat_loss",
        "endurance",
        "power",
        "general_health",
      ],
      training_level: ["beginner", "intermediate", "advanced"],
      unit_system: ["metric", "imperial"],
      user_role: ["user", "admin"],
      visibility: ["public", "friends", "private"],
      weekday: [
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
      ],
      weight_entry: [
        "total",
        "per_hand",
        "single_implement",
        "stack",
        "added",
        "assist",
        "none",
      ],
      weight_unit: ["kg", "lb"],
      workout_location: ["home", "gym", "outdoor", "travel", "other"],
      workout_status: ["planned", "in_progress", "completed", "cancelled"],
    },
  },
} as const
