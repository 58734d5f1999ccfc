# E-mail in English. A blank line begins a paragraph.
mail-greeting = Hello,
mail-link-hint = If the link does not open, copy this address into your browser:
mail-link-expires = This link works until { $until }.
mail-signature = Maillage, the registry of the social and solidarity economy
mail-automatic = This message was sent automatically.
mail-date = { $day } { $month ->
    [Jan] January
    [Feb] February
    [Mar] March
    [Apr] April
    [May] May
    [Jun] June
    [Jul] July
    [Aug] August
    [Sep] September
    [Oct] October
    [Nov] November
   *[Dec] December
    } { $year } at { $time } (Paris time)

mail-invitation-subject = You are invited to Maillage
mail-invitation-body =
    You are invited to contribute to Maillage, the shared registry of the social and solidarity economy of your territory.

    If you did not expect this, ignore this message: no account will be opened.
mail-invitation-action = Open my account

mail-email-verification-subject = Confirm your e-mail address
mail-email-verification-body =
    This e-mail address was given to open an account on Maillage. Confirm that it is yours.

    If it was not you, ignore this message: no account will be opened.
mail-email-verification-action = Confirm my address

mail-password-reset-subject = Choose a new password
mail-password-reset-body =
    A new password was asked for your account on Maillage.

    If it was not you, ignore this message: your password stays as it is.
mail-password-reset-action = Choose a new password

mail-email-change-old-subject = The e-mail address of your account is changing
mail-email-change-old-body =
    On { $at }, a change of the e-mail address of your account on Maillage was asked for. It is made once both addresses, this one and the new one, have confirmed it.

    If it was not you, do not confirm it: nothing will change. Change your password without delay and answer this message.
mail-email-change-old-action = Confirm the change

mail-email-change-new-subject = Confirm your new e-mail address
mail-email-change-new-body =
    This e-mail address was given as the new address of an account on Maillage. Confirm that it is yours.

    If it was not you, ignore this message: nothing will change.
mail-email-change-new-action = Confirm my new address

mail-password-changed-subject = Your password was changed
mail-password-changed-body =
    On { $at }, the password of your account on Maillage was changed.

    If it was you, there is nothing to do. If it was not, ask for a new password without delay and answer this message.

mail-review-approved-subject = Published: { $title }
mail-review-approved-body = Your contribution “{ $title }” was reviewed: it is now public. Thank you.
mail-review-approved-action = See the page

mail-review-changes-asked-subject = Changes asked for: { $title }
mail-review-changes-asked-body = Your contribution “{ $title }” was reviewed. Before it is published, changes are asked for:
mail-review-changes-asked-action = Change my contribution

mail-review-rejected-subject = Not published: { $title }
mail-review-rejected-body = Your contribution “{ $title }” was reviewed. It will not be published, for this reason:
mail-review-rejected-action = See my contribution

mail-still-true-subject = Is it still true? { $title }
mail-still-true-body = You look after the page “{ $title }”. Is what it says still true? Confirm it, or put it right.
mail-still-true-action = Check the page

mail-published-about-you-subject = A page about you is public: { $title }
mail-published-about-you-body =
    Maillage, the shared registry of the social and solidarity economy, has published a page that is about you: “{ $title }”.

    You may have it corrected, and you may object to its publication: answer this message.
mail-published-about-you-action = See the page
